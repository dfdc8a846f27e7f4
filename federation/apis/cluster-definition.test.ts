import { expect, it } from 'vitest';
import type { Cluster } from './cluster.ts';
import { clusters } from './cluster-definition.ts';
import { serverAddressFor, serverUrl } from './cluster-validation.ts';

const now = Date.UTC(2026, 0, 2);
const cluster = (spec: Cluster['spec'], status?: Cluster['status']): Cluster => ({
  apiVersion: 'federation/v1beta1',
  kind: 'Cluster',
  metadata: { name: 'gce-asia-east1', creationTimestamp: '2026-01-01T00:00:00Z' },
  ...(spec === undefined ? {} : { spec }),
  ...(status === undefined ? {} : { status }),
});
const at = (clientCIDR: string, serverAddress = 'https://10.0.0.1') => ({
  serverAddressByClientCIDRs: [{ clientCIDR, serverAddress }],
});
const problems = (object: Cluster) => clusters.strategy.validate?.(object).map((error) => error.field);
const context = { user: { username: 'u', groups: [] }, now };

it.each(['0.0.0.0', '256.0.0.0/16', '0.0.0/16', '0.0.0.0/33', '::/129'])('refuses the CIDR %s', (cidr) => {
  expect(problems(cluster(at(cidr)))).toEqual(['spec.serverAddressByClientCIDRs[0].clientCIDR']);
});

it.each(['0.0.0.0/0', '0.0.0.0/32', '10.1.0.0/16', '2001:db8::/32', ''])('takes the CIDR %j', (cidr) => {
  expect(problems(cluster(at(cidr)))).toEqual([]);
});

it('needs an address, and a name where a secret is asked for', () => {
  expect(problems(cluster(undefined))).toEqual(['spec.serverAddressByClientCIDRs']);
  expect(problems(cluster(at('0.0.0.0/0', '')))).toEqual(['spec.serverAddressByClientCIDRs[0].serverAddress']);
  expect(problems(cluster(at('0.0.0.0/0', 'ftp://x')))).toEqual(['spec.serverAddressByClientCIDRs[0].serverAddress']);
  expect(problems(cluster({ ...at(''), secretRef: { name: '' } }))).toEqual(['spec.secretRef.name']);
});

it('says since when a taint drives out, and goes on saying so', () => {
  const gone = { key: 'gone', effect: 'NoExecute' } as const;
  const tainted = cluster({ ...at(''), taints: [gone, { key: 'slow', effect: 'NoSchedule' }] });
  const made = clusters.strategy.prepareForCreate?.(tainted, context);
  const [timed, untimed] = made?.spec?.taints ?? [];
  expect(timed).toEqual({ ...gone, timeAdded: '2026-01-02T00:00:00Z' });
  expect(untimed).toEqual({ key: 'slow', effect: 'NoSchedule' });
  const later = { ...context, now: now + 60_000 };
  expect(clusters.strategy.prepareForUpdate?.(tainted, made!, later).spec).toEqual(made?.spec);
});

it('judges taints as those of nodes', () => {
  const tainted = (effect: 'NoSchedule', key = 'maintenance') =>
    problems(
      cluster({
        ...at(''),
        taints: [
          { key, effect },
          { key: 'other', effect: 'NoExecute' },
        ],
      }),
    );
  expect(tainted('NoSchedule')).toEqual([]);
  expect(tainted('NoSchedule', 'not a key')).toEqual(['spec.taints[0].key']);
  expect(tainted('Sometimes' as 'NoSchedule')).toEqual(['spec.taints[0].effect']);
});

it.each([
  ['gce-asia-east1', true],
  ['has.dot', false],
  ['Upper', false],
  ['-x', false],
  ['x'.repeat(64), false],
])('judges the name %s', (name, good) => {
  expect(clusters.strategy.validateName?.(name, false).length === 0).toBe(good);
});

it('keeps status out of ordinary writes and spec out of status writes', () => {
  const old = cluster(at('0.0.0.0/0'), { region: 'asia-east1' });
  const sent = cluster(at('10.0.0.0/8'), { region: 'elsewhere' });
  expect(clusters.strategy.prepareForCreate?.(sent, context).status).toBeUndefined();
  expect(clusters.strategy.prepareForUpdate?.(sent, old, context)).toEqual({ ...sent, status: old.status });
  const [status] = clusters.subresources ?? [];
  expect(status?.type === 'status' && status.prepareForUpdate?.(sent, old, context)).toEqual({
    ...sent,
    spec: old.spec,
  });
});

it('prints name, status, version and age, with place, health and size in the wide form', () => {
  const shown = cluster(at(''), {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Offline', status: 'False' },
      { type: 'ClientsReachable', status: 'True' },
    ],
    region: 'asia-east1',
    zones: ['asia-east1-a', 'asia-east1-b'],
    version: 'v1.36.0',
    nodes: { total: 3, ready: 2 },
    allocatable: { cpu: '8', memory: '16Gi' },
    requested: { cpu: '1500m' },
    votes: [
      { voter: 'hub', verdict: 'Unreachable' },
      { voter: 'gce-us-east1', verdict: 'Reachable' },
      { voter: 'gce-us-west1', verdict: 'Unreachable', ignored: 'it reaches nobody' },
    ],
  });
  expect(clusters.columns?.map((column) => column.value(shown, now))).toEqual([
    'gce-asia-east1',
    'Ready',
    'v1.36.0',
    '24h',
    'asia-east1',
    'asia-east1-a,asia-east1-b',
    'Reachable (1/2)',
    '2/3',
    '1500m/8',
    '0/16Gi',
  ]);
});

it.each([
  ['10.0.0.1', 'https://10.0.0.1'],
  ['10.0.0.1:6443', 'https://10.0.0.1:6443'],
  ['::1', 'https://[::1]'],
  ['api.example.com', 'https://api.example.com'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['https://h/k8s/clusters/c1', 'https://h/k8s/clusters/c1'],
  ['not a host', undefined],
])('reads the address %s', (address, url) => {
  expect(serverUrl(address)).toBe(url);
});

it('takes the first address whose CIDR holds the client; an empty CIDR holds all', () => {
  const many = cluster({
    serverAddressByClientCIDRs: [
      { clientCIDR: '10.0.0.0/8', serverAddress: 'inside' },
      { clientCIDR: '', serverAddress: 'outside' },
    ],
  });
  expect(serverAddressFor(many, '10.2.3.4')).toBe('https://inside');
  expect(serverAddressFor(many, '192.0.2.1')).toBe('https://outside');
  expect(serverAddressFor(many, '2001:db8::1')).toBe('https://outside');
  expect(serverAddressFor(many)).toBe('https://inside');
});
