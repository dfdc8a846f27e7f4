import { expect, it } from 'vitest';
import type { PodSpec } from '../../src/apis/index.ts';
import { podDns, type NodeDns } from './pod-dns.ts';
import { parseResolvConf } from './resolv-conf.ts';

const own = parseResolvConf(
  'domain old.example\n# a comment\nnameserver 192.0.2.1\nnameserver nowhere\nsearch corp.example. . \noptions timeout:2 attempts:1\n',
);
const node: NodeDns = { cluster: { address: '127.0.96.10', domain: 'cluster.local' }, own };
const dnsOf = (spec: Partial<PodSpec>, there: NodeDns = node) =>
  podDns({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop' }, spec: { containers: [], ...spec } }, there);

const ofCluster = {
  servers: ['127.0.96.10'],
  searches: ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'corp.example'],
  options: ['ndots:5'],
};

it('reads a resolv.conf', () => {
  expect(own).toEqual({ servers: ['192.0.2.1'], searches: ['corp.example'], options: ['timeout:2', 'attempts:1'] });
});

it.each<[string, Partial<PodSpec>, object]>([
  ['that says nothing', {}, ofCluster],
  ['of ClusterFirst', { dnsPolicy: 'ClusterFirst' }, ofCluster],
  ['of ClusterFirst on the network of its node', { dnsPolicy: 'ClusterFirst', hostNetwork: true }, own],
  ['of ClusterFirstWithHostNet', { dnsPolicy: 'ClusterFirstWithHostNet', hostNetwork: true }, ofCluster],
  ['of Default', { dnsPolicy: 'Default' }, own],
  [
    'of None',
    {
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['192.0.2.7'], searches: ['a.example'], options: [{ name: 'edns0' }] },
    },
    { servers: ['192.0.2.7'], searches: ['a.example'], options: ['edns0'] },
  ],
  [
    'that adds to it',
    {
      dnsConfig: {
        nameservers: ['192.0.2.7', '127.0.96.10'],
        searches: ['a.example'],
        options: [{ name: 'ndots', value: '2' }],
      },
    },
    { servers: ['127.0.96.10', '192.0.2.7'], searches: [...ofCluster.searches, 'a.example'], options: ['ndots:2'] },
  ],
])('looks names up for a pod %s', (_, spec, expected) => {
  expect(dnsOf(spec)).toEqual({ config: expected, problems: [] });
});

it('leaves out what resolvers would not take, and says so', () => {
  const nameservers = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'];
  const searches = Array.from({ length: 40 }, (_, index) => `${'x'.repeat(50)}${index}.example`);
  const { config, problems } = dnsOf({ dnsPolicy: 'None', dnsConfig: { nameservers, searches } });
  expect(config.servers).toEqual(nameservers.slice(0, 3));
  expect(config.searches.join(' ').length).toBeLessThanOrEqual(2048);
  expect(config.searches.length).toBeLessThanOrEqual(32);
  expect(problems).toEqual([expect.stringContaining('name servers'), expect.stringContaining('search lines')]);
});

it('looks up as on the node where there is no DNS of a cluster, and says so', () => {
  const { config, problems } = dnsOf({}, { own });
  expect(config).toEqual(own);
  expect(problems).toEqual([expect.stringContaining('policy ClusterFirst')]);
});
