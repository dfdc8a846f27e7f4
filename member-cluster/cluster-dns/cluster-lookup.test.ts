import { describe, expect, it } from 'vitest';
import type { EndpointSlice, Service, ServiceSpec } from '../../src/apis/index.ts';
import type { QueryType } from '../../dns/server/index.ts';
import { lookupInCluster } from './cluster-lookup.ts';
import type { ClusterView, Location } from './cluster-view.ts';
import { usualConfig, type DnsConfig } from './config/dns-config.ts';
import { clusterIPs } from './endpoints.ts';

const service = (name: string, spec: ServiceSpec, namespace = 'default'): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec,
});

const slice = (name: string, endpoints: EndpointSlice['endpoints'] = [], port = 8080): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: `${name}-x`, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  ports: [{ name: 'http', protocol: 'TCP', port }],
  endpoints,
});

const ports = [
  { name: 'http', port: 80 },
  { name: 'dns', protocol: 'UDP', port: 53 },
];

const services = [
  service('web', { clusterIP: '127.9.96.5', clusterIPs: ['127.9.96.5', '2001:db8::5'], ports }),
  service('idle', { clusterIP: '127.9.96.6', ports }),
  service('set', { clusterIP: 'None', ports }),
  service('none', { clusterIP: 'None', ports }),
  service('early', { clusterIP: 'None', ports, publishNotReadyAddresses: true }),
  service('ext', { type: 'ExternalName', externalName: 'DB.Example.com.' }),
  service('near', { type: 'ExternalName', externalName: 'web.default.svc.cluster.local' }),
];

const slices = [
  slice('web', [{ addresses: ['127.9.129.1'] }]),
  slice('idle', [{ addresses: ['127.9.129.9'], conditions: { ready: false } }]),
  slice('set', [
    { addresses: ['127.9.129.2'], hostname: 'set-0' },
    { addresses: ['127.9.129.3'], conditions: { ready: true } },
    { addresses: ['127.9.129.4'], conditions: { ready: false } },
  ]),
  slice('early', [{ addresses: ['127.9.129.5'], conditions: { ready: false } }]),
];

function viewOf(
  location: Location = { zone: 'us-central1-b', region: 'us-central1' },
  config: Partial<DnsConfig> = {},
): ClusterView {
  const nameOf = (s: EndpointSlice) => s.metadata.labels?.['kubernetes.io/service-name'];
  return {
    domain: 'cluster.local',
    service: (namespace, name) => services.find((s) => s.metadata.name === name && s.metadata.namespace === namespace),
    hasNamespace: (namespace) => ['default', 'kube-system'].includes(namespace),
    slices: (s) => slices.filter((candidate) => nameOf(candidate) === s.metadata.name),
    servicesAt: (address) => services.filter((s) => clusterIPs(s.spec).includes(address)),
    slicesAt: (address) => slices.filter((s) => s.endpoints?.some(({ addresses }) => addresses.includes(address))),
    serviceOf: (s) => services.find(({ metadata }) => metadata.name === nameOf(s)),
    hasPod: (namespace, address) => namespace === 'default' && address === '127.9.129.1',
    config: { ...usualConfig, federations: new Map([['myfed', 'example.com']]), ...config },
    location,
  };
}

function ask(name: string, type: QueryType, view = viewOf()): string {
  const found = lookupInCluster(view, name, type);
  const { rcode, answers = [] } = found.kind === 'reply' ? found.reply : { rcode: 'ELSEWHERE', answers: found.answers };
  const lines = answers.flatMap(({ type: kind, ttlSeconds, data }) => data.map((d) => `${kind} ${ttlSeconds} ${d}`));
  return [found.kind === 'elsewhere' ? `elsewhere ${found.name}` : rcode, ...lines].join(' | ');
}

describe('names of a cluster', () => {
  it.each<[string, QueryType, string]>([
    ['dns-version.cluster.local', 'TXT', 'NOERROR | TXT 30 1.1.0'],
    ['web.default.svc.cluster.local', 'A', 'NOERROR | A 30 127.9.96.5'],
    ['web.default.svc.cluster.local', 'AAAA', 'NOERROR | AAAA 30 2001:db8::5'],
    ['web.default.svc.cluster.local', 'TXT', 'NOERROR'],
    ['idle.default.svc.cluster.local', 'A', 'NOERROR | A 30 127.9.96.6'],
    ['idle.default.svc.cluster.local', 'AAAA', 'NOERROR'],
    ['nope.default.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['web.nowhere.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['default.svc.cluster.local', 'A', 'NOERROR'],
    ['nowhere.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['svc.cluster.local', 'A', 'NOERROR'],
    ['cluster.local', 'A', 'NOERROR'],
    ['other.cluster.local', 'A', 'NXDOMAIN'],
    ['x.dns-version.cluster.local', 'TXT', 'NXDOMAIN'],
    ['_http._tcp.web.default.svc.cluster.local', 'SRV', 'NOERROR | SRV 30 0 100 80 web.default.svc.cluster.local'],
    ['_http._udp.web.default.svc.cluster.local', 'SRV', 'NXDOMAIN'],
    ['_dns._udp.web.default.svc.cluster.local', 'SRV', 'NOERROR | SRV 30 0 100 53 web.default.svc.cluster.local'],
    ['_tcp.web.default.svc.cluster.local', 'SRV', 'NOERROR'],
    ['_sctp.web.default.svc.cluster.local', 'SRV', 'NXDOMAIN'],
    ['http._tcp.web.default.svc.cluster.local', 'SRV', 'NXDOMAIN'],
    ['x._http._tcp.web.default.svc.cluster.local', 'SRV', 'NXDOMAIN'],
    ['set.default.svc.cluster.local', 'A', 'NOERROR | A 5 127.9.129.2 | A 5 127.9.129.3'],
    ['set-0.set.default.svc.cluster.local', 'A', 'NOERROR | A 5 127.9.129.2'],
    ['127-9-129-3.set.default.svc.cluster.local', 'A', 'NOERROR | A 5 127.9.129.3'],
    ['127-9-129-4.set.default.svc.cluster.local', 'A', 'NXDOMAIN'],
    ['127-9-129-1.web.default.svc.cluster.local', 'A', 'NXDOMAIN'],
    [
      '_http._tcp.set.default.svc.cluster.local',
      'SRV',
      'NOERROR | SRV 5 0 100 8080 127-9-129-3.set.default.svc.cluster.local | SRV 5 0 100 8080 set-0.set.default.svc.cluster.local',
    ],
    ['none.default.svc.cluster.local', 'A', 'NOERROR'],
    ['early.default.svc.cluster.local', 'A', 'NOERROR | A 5 127.9.129.5'],
    ['ext.default.svc.cluster.local', 'CNAME', 'NOERROR | CNAME 30 db.example.com'],
    ['ext.default.svc.cluster.local', 'A', 'elsewhere db.example.com | CNAME 30 db.example.com'],
    ['near.default.svc.cluster.local', 'A', 'NOERROR | CNAME 30 web.default.svc.cluster.local | A 30 127.9.96.5'],
    ['127-9-129-1.default.pod.cluster.local', 'A', 'NOERROR | A 5 127.9.129.1'],
    ['127-9-129-1.default.pod.cluster.local', 'AAAA', 'NOERROR'],
    ['2001-db8--1.default.pod.cluster.local', 'AAAA', 'NOERROR | AAAA 5 2001:db8::1'],
    ['2001-db8--1--2.default.pod.cluster.local', 'AAAA', 'NXDOMAIN'],
    ['127-9-129-256.default.pod.cluster.local', 'A', 'NXDOMAIN'],
    ['127-9-129-1.nowhere.pod.cluster.local', 'A', 'NXDOMAIN'],
    ['default.pod.cluster.local', 'A', 'NOERROR'],
    ['5.96.9.127.in-addr.arpa', 'PTR', 'NOERROR | PTR 30 web.default.svc.cluster.local'],
    ['2.129.9.127.in-addr.arpa', 'PTR', 'NOERROR | PTR 30 set-0.set.default.svc.cluster.local'],
    ['1.129.9.127.in-addr.arpa', 'PTR', 'elsewhere 1.129.9.127.in-addr.arpa'],
    [`5.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`, 'PTR', 'NOERROR | PTR 30 web.default.svc.cluster.local'],
    ['www.example.com', 'A', 'elsewhere www.example.com'],
    ['notcluster.local', 'A', 'elsewhere notcluster.local'],
  ])('%s %s', (name, type, expected) => {
    expect(ask(name, type)).toBe(expected);
  });

  it('adds the addresses of SRV targets', () => {
    const found = lookupInCluster(viewOf(), '_http._tcp.set.default.svc.cluster.local', 'SRV');
    const additional = found.kind === 'reply' ? found.reply.additional : [];
    expect(additional?.flatMap(({ data }) => data).sort()).toEqual(['127.9.129.2', '127.9.129.3']);
  });
});

describe('names as they are configured', () => {
  const told = (config: Partial<DnsConfig>) => viewOf({}, config);

  it('takes pods at their word, looks whether they are there, or names none', () => {
    const [here, gone] = ['127-9-129-1.default.pod.cluster.local', '127-9-129-2.default.pod.cluster.local'];
    expect([here, gone].map((name) => ask(name, 'A', told({ pods: 'verified' })))).toEqual([
      'NOERROR | A 5 127.9.129.1',
      'NXDOMAIN',
    ]);
    expect(ask(here, 'A', told({ pods: 'disabled' }))).toBe('NXDOMAIN');
  });

  it('has the TTL that is wanted', () => {
    const view = told({ serviceTtlSeconds: 3 });
    expect(ask('web.default.svc.cluster.local', 'A', view)).toBe('NOERROR | A 3 127.9.96.5');
    expect(ask('set-0.set.default.svc.cluster.local', 'A', view)).toBe('NOERROR | A 3 127.9.129.2');
  });

  it('knows hosts, and their names', () => {
    const view = told({ hosts: new Map([['db.example.org', ['192.0.2.9', '2001:db8::9']]]) });
    expect(ask('db.example.org', 'A', view)).toBe('NOERROR | A 30 192.0.2.9');
    expect(ask('db.example.org', 'MX', view)).toBe('NOERROR');
    expect(ask('9.2.0.192.in-addr.arpa', 'PTR', view)).toBe('NOERROR | PTR 30 db.example.org');
  });
});

describe('names of a federation', () => {
  const remote = (svc: string, place: string) => {
    const target = `${svc}.default.myfed.svc.${place}example.com`;
    return `elsewhere ${target} | CNAME 5 ${target}`;
  };
  const local = 'NOERROR | CNAME 5 web.default.svc.cluster.local | A 30 127.9.96.5';

  it.each<[string, string]>([
    ['web.default.myfed.svc.cluster.local', local],
    ['web.default.myfed', local],
    ['set.default.myfed', 'NOERROR | CNAME 5 set.default.svc.cluster.local | A 5 127.9.129.2 | A 5 127.9.129.3'],
    ['idle.default.myfed', remote('idle', 'us-central1-b.us-central1.')],
    ['nope.default.myfed.svc.cluster.local', remote('nope', 'us-central1-b.us-central1.')],
    ['none.default.myfed', remote('none', 'us-central1-b.us-central1.')],
    ['web.default.other.svc.cluster.local', 'NXDOMAIN'],
    ['web.default.other', 'elsewhere web.default.other'],
    ['x.web.default.myfed.svc.cluster.local', 'NXDOMAIN'],
    ['_web.default.myfed.svc.cluster.local', 'NXDOMAIN'],
  ])('%s', (name, expected) => {
    expect(ask(name, 'A')).toBe(expected);
  });

  it.each<[string, Location, string]>([
    ['the region', { region: 'us-central1' }, 'us-central1.'],
    ['the whole federation', {}, ''],
  ])('point at %s where no more is known', (_, location, place) => {
    expect(ask('nope.default.myfed', 'A', viewOf(location))).toBe(remote('nope', place));
  });
});
