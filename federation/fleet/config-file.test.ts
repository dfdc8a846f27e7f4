import { expect, it } from 'vitest';
import { parseFleetConfig } from './config-file.ts';

const read = (text: string) => parseFleetConfig(text, 'fleet.yaml');

it('fills in the walk-through of an empty file', async () => {
  const config = await read('');
  expect(config.clusters.map((cluster) => cluster.name)).toEqual([
    'gce-asia-east1',
    'gce-europe-west1',
    'gce-us-central1',
    'gce-us-east1',
  ]);
  expect(config.clusters[1]).toEqual({
    name: 'gce-europe-west1',
    region: 'europe-west1',
    zones: ['europe-west1-b'],
    nodes: 3,
    port: 6443,
  });
  expect(config.federation).toEqual({
    name: 'myfederation',
    domain: 'example.com',
    port: 6443,
    context: 'federation-cluster',
    namespace: 'mynamespace',
    dns: { host: '127.0.0.1', port: 10053, ttlSeconds: 180 },
  });
});

it('takes clusters, their nodes and the DNS of the federation from the file', async () => {
  const config = await read(`
federation:
  name: ours
  domain: fed.test
  dns: { address: 127.0.0.2:5300, ttlSeconds: 30 }
nodes: 2
clusters:
  - { name: a, region: north, zones: [north-1, north-2], nodes: 5 }
  - { name: b, region: south, zone: south-1, port: 7443 }
`);
  expect(config.federation.dns).toEqual({ host: '127.0.0.2', port: 5300, ttlSeconds: 30 });
  expect(config.clusters).toEqual([
    { name: 'a', region: 'north', zones: ['north-1', 'north-2'], nodes: 5, port: 6443 },
    { name: 'b', region: 'south', zones: ['south-1'], nodes: 2, port: 7443 },
  ]);
});

it('takes which admission plugins members have', async () => {
  const { admissionPlugins } = await read('admissionPlugins: { enable: [A], disable: [B, C] }\n');
  expect(admissionPlugins).toEqual({ enable: ['A'], disable: ['B', 'C'] });
});

it('takes what clients may take of API servers', async () => {
  const { limits } = await read('limits: { connections: 100, drainSeconds: 4 }\n');
  expect(limits).toEqual({ connections: 100, drainSeconds: 4 });
});

it.each([
  ['an end that takes too long', 'limits:\n  drainSeconds: 5\n', 'fleet.yaml:2: limits.drainSeconds: must be <= 4'],
  ['a limit that is none', 'limits: { connections: 0 }\n', 'fleet.yaml:1: limits.connections: must be >= 1'],
  [
    'plugins that are no list',
    'admissionPlugins:\n  enable: A\n',
    /^fleet.yaml:2: admissionPlugins.enable: must be array$/,
  ],
  [
    'an unknown key',
    'clusters:\n  - name: a\n    region: r\n    colour: red\n',
    'fleet.yaml:4: clusters[0]: unknown key "colour"',
  ],
  ['a missing key', 'clusters:\n  - name: a\n', 'fleet.yaml:2: clusters[0]: "region" is missing'],
  ['a cluster that is none', 'clusters: [a]\n', /^fleet.yaml:1: clusters\[0\]: must be object$/],
  ['two types that would do', 'clusters: "4"\n', 'fleet.yaml:1: clusters: must be integer or array'],
  [
    'a DNS address that is none',
    'federation:\n  dns: { address: 300.0.0.1:53 }\n',
    'fleet.yaml:2: federation.dns.address: is not an address such as 127.0.0.1:10053',
  ],
  [
    'a place without prefixes',
    'federation:\n  dns:\n    places:\n      - region: a\n',
    'fleet.yaml:4: federation.dns.places[0]: "cidrs" is missing',
  ],
  [
    'a prefix that is none',
    'federation:\n  dns:\n    places:\n      - cidrs: [10.0.0.0/33]\n',
    'fleet.yaml:4: federation.dns.places[0].cidrs[0]: is not a prefix such as 192.0.2.0/24',
  ],
  [
    'a country that is none',
    'federation:\n  dns:\n    geo: { database: x, places: [{ countries: [Germany] }] }\n',
    'fleet.yaml:3: federation.dns.geo.places[0].countries[0]: does not look right (must match ^[A-Z]{2}$)',
  ],
  [
    'a cluster called like the federation',
    'clusters:\n  - {name: myfederation, region: r}\n',
    'fleet.yaml:2: clusters[0].name: "myfederation" is the name of the federation',
  ],
  [
    "a cluster called like the federation's context",
    'federation: {context: a}\nclusters:\n  - {name: a, region: r}\n',
    'fleet.yaml:3: clusters[0].name: "a" is the federation\'s kubeconfig context',
  ],
  [
    'a federation called like the supervisor',
    'federation:\n  name: supervisor\n',
    'fleet.yaml:2: federation.name: "supervisor" is',
  ],
  ['a wrong type', 'nodes: many\n', 'fleet.yaml:1: nodes: must be integer'],
  ['a bad name', 'federation:\n  name: My_Fed\n', 'fleet.yaml:2: federation.name: does not look right'],
  ['too many clusters', 'clusters: 1000\n', 'fleet.yaml:1: clusters: must be <= 64'],
  ['a runtime that is not there', 'runtime: vmware\n', 'fleet.yaml:1: runtime: must be one of hollow'],
  ['a key twice', 'nodes: 1\nnodes: 2\n', 'fleet.yaml:2: Map keys must be unique'],
  ['no YAML', 'clusters: [\n', 'fleet.yaml:2:'],
  [
    'a cluster twice',
    'clusters:\n  - {name: a, region: r}\n  - {name: a, region: s}\n',
    'fleet.yaml:3: clusters[1].name: "a" is there twice',
  ],
])('names line and key of %s', async (_, text, message) => {
  await expect(read(text)).rejects.toThrow(message);
});

it('takes storage in etcd, its files beside the fleet file, how a leader is elected and health is judged', async () => {
  const config = await parseFleetConfig(
    `
federation:
  storage: { type: etcd, servers: ['https://10.0.0.1:2379'], caFile: etcd/ca.pem }
  leaderElection: { leaseDurationSeconds: 30 }
  health: { silentOfflineMs: 20000, unreachableShare: 0.6 }
`,
    '/fleets/fleet.yaml',
  );
  expect(config.federation.storage).toEqual({
    type: 'etcd',
    servers: ['https://10.0.0.1:2379'],
    caFile: '/fleets/etcd/ca.pem',
  });
  expect(config.federation.health).toEqual({ silentOfflineMs: 20_000, unreachableShare: 0.6 });
  expect(config.federation.leaderElection).toEqual({
    leaseDurationSeconds: 30,
    renewDeadlineSeconds: 10,
    retryPeriodSeconds: 2,
  });
});

it.each([
  ['{ storage: { type: etcd, servers: [] } }', /storage.servers/],
  ['{ storage: { type: etcd, servers: [localhost] } }', /storage.servers\[0\]/],
  ['{ storage: { type: etcd, servers: ["http://a:1"], certFile: a } }', /keyFile/],
  ['{ storage: { type: redis, servers: ["http://a:1"] } }', /must be one of etcd/],
  ['{ leaderElection: { renewDeadlineSeconds: 15 } }', /leaseDurationSeconds must exceed/],
  ['{ health: { silentOffline: 5 } }', /unknown key "silentOffline"/],
  ['{ health: { probeTimeoutMs: 0 } }', /health.probeTimeoutMs/],
  ['{ health: { unreachableShare: 1 } }', /health.unreachableShare/],
])('refuses %s', async (federation, message) => {
  await expect(read(`federation: ${federation}\n`)).rejects.toThrow(message);
});

it('finds files beside itself', async () => {
  const config = await parseFleetConfig(
    'auditPolicyFile: a.yaml\ntracingConfigFile: t/t.yaml\n',
    '/etc/koinon/fleet.yaml',
  );
  expect(config).toMatchObject({ auditPolicyFile: '/etc/koinon/a.yaml', tracingConfigFile: '/etc/koinon/t/t.yaml' });
});
