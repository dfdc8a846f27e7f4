import { describe, expect, it } from 'vitest';
import { parseCorefileConfig } from './corefile-config.ts';

const parse = (text: string) => parseCorefileConfig(text, 'cluster.local');

/** As kubeadm makes it, with a federation's domain as `koinon join` adds it. */
const usual = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods verified
       fallthrough in-addr.arpa ip6.arpa
       ttl 20
    }
    prometheus :9153
    hosts {
       192.0.2.9 db.example.org DB2.example.org.
       2001:DB8::9 db.example.org
       fallthrough
    }
    forward . 192.0.2.53 dns://192.0.2.54:5353 {
       max_concurrent 1000
    }
    cache 30 {
       denial 9984 10 # not longer
       serve_stale 5m
    }
    loop
    reload
    loadbalance
}
# federation myfederation: begin
example.com:53 {
    errors
    cache 30
    forward . 127.0.0.1:10053
}
# federation myfederation: end
`;

describe('a Corefile', () => {
  it('is read as far as this server can do it', () => {
    const { config, problems } = parse(usual);
    expect(problems).toEqual([]);
    expect(config).toEqual({
      pods: 'verified',
      serviceTtlSeconds: 20,
      upstreamNameservers: [
        { host: '192.0.2.53', port: 53 },
        { host: '192.0.2.54', port: 5353 },
      ],
      limits: { successSeconds: 30, denialSeconds: 10, staleSeconds: 300 },
      stubDomains: new Map([['example.com', [{ host: '127.0.0.1', port: 10_053 }]]]),
      federations: new Map(),
      hosts: new Map([
        ['db.example.org', ['192.0.2.9', '2001:db8::9']],
        ['db2.example.org', ['192.0.2.9']],
      ]),
    });
  });

  it('may forward a domain from within the block of all, and name federations', () => {
    const { config, problems } = parse(`.:53 {
      federation cluster.local {
        prod prod.example.com
      }
      forward corp.example 192.0.2.1
      forward . /etc/resolv.conf
    }`);
    expect(problems).toEqual([]);
    expect(config.federations).toEqual(new Map([['prod', 'prod.example.com']]));
    expect(config.stubDomains).toEqual(new Map([['corp.example', [{ host: '192.0.2.1', port: 53 }]]]));
    expect(config.upstreamNameservers).toEqual([]);
  });

  it('may have keys over several lines and quotes', () => {
    const { config, problems } = parse('a.example,\nb.example:53 {\n  "forward" . 192.0.2.1\n}');
    expect(problems).toEqual([]);
    expect([...(config.stubDomains ?? new Map()).keys()]).toEqual(['a.example', 'b.example']);
  });

  it('says nothing when there is none', () => {
    expect(parseCorefileConfig(undefined, 'cluster.local')).toEqual({ config: {}, problems: [] });
  });

  it.each([
    ['.:53 {\n  rewrite name a.example b.example\n}', 'line 2: rewrite is not supported'],
    ['.:53 {\n  forward . tls://192.0.2.1\n}', 'line 2: "tls://192.0.2.1" is not an address'],
    ['.:53 {\n  forward .\n}', 'line 2: forward names no server'],
    ['.:53 {\n  forward . 192.0.2.1 {\n    tls\n  }\n}', 'line 2: forward: tls is not supported'],
    [
      '.:53 {\n  kubernetes other.domain\n}',
      'line 2: kubernetes: the domain of this cluster is cluster.local, not other.domain',
    ],
    ['.:53 {\n  kubernetes {\n    pods maybe\n  }\n}', 'line 2: kubernetes: pods maybe is not supported'],
    ['.:53 {\n  cache never\n}', 'line 2: "never" is no number of seconds up to 86400'],
    ['.:53 {\n  hosts /etc/hosts\n}', 'line 2: hosts: neither a file nor zones of its own are supported'],
    ['.:5353 {\n  errors\n}', 'line 1: port 5353 is not served, only 53'],
    ['tls://.:53 {\n  errors\n}', 'line 1: tls:// is not served'],
    ['.:53 {\n  errors\n', 'line 1: { is never closed'],
    ['.:53 {\n  hosts {\n  192.0.2.1 "a\n  }\n}', 'line 3: a quote is never closed'],
    ['import x', 'line 1: a server block has no {'],
  ])('is told what cannot be done of it: %j', (text, problem) => {
    const { problems } = parse(text);
    expect(problems).toEqual([`Corefile: ${problem}`]);
  });

  it('holds beside what cannot be done', () => {
    const { config, problems } = parse('.:53 {\n  template ANY ANY\n  forward . 192.0.2.1\n}');
    expect(problems).toHaveLength(1);
    expect(config.upstreamNameservers).toEqual([{ host: '192.0.2.1', port: 53 }]);
  });
});
