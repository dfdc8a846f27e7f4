import { expect, it } from 'vitest';
import { clusterCondition, clusters, isReady } from '../../../federation/apis/index.ts';
import type { KubeObject, Resource } from '../../../src/apimachinery/index.ts';
import {
  configMaps,
  cronJobs,
  deployments,
  events,
  namespaces,
  secrets,
  services,
  type Deployment,
} from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import { start, systemClock } from '../../../src/component-base/index.ts';
import { createEtcdStorage, createMemoryStorage, createWatchCache, type Storage } from '../../../src/storage/index.ts';
import { EtcdCluster, withoutEtcd } from '../../harness/etcd.ts';
import { startTestFederation, type TestFederation, type TestMember } from './fixture.ts';
import { oddities, startForeignMember, type Oddities } from './foreign-member.ts';

const soon = { timeout: 20_000, interval: 20 };
const ODD = 'odd';
const OURS = 'gce-us-east1';
const settings = { metadata: { name: 'settings', namespace: 'shop' }, data: { a: '1' } };
const password = { metadata: { name: 'password', namespace: 'shop' }, data: { a: 'MQ==' } };
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } };
const web = {
  metadata: { name: 'web', namespace: 'shop' },
  spec: { replicas: 4, selector: { matchLabels: { app: 'web' } }, template },
};
const nightly = {
  metadata: { name: 'nightly', namespace: 'shop' },
  spec: {
    schedule: '0 3 * * *',
    jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } },
  },
};

interface World extends AsyncDisposable {
  readonly fleet: TestFederation;
  readonly odd: TestMember;
  readonly ours: TestMember;
}

/** A federation of one member of ours and one that is not. */
async function world(odd: Oddities, storage?: Storage): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const foreign = stack.use(await startForeignMember(ODD, odd, storage));
  const at = { 'https://odd.test': foreign };
  const fleet = stack.use(await startTestFederation({ names: [OURS], at }));
  const spec = { serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: 'https://odd.test' }] };
  await fleet.admin.create(clusters, { metadata: { name: ODD }, spec });
  await expect.poll(async () => (await fleet.admin.list(clusters)).items.filter(isReady).length, soon).toBe(2);
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  const parts = stack.move();
  return { fleet, odd: foreign, ours: fleet.member(OURS), [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

async function find<T extends KubeObject>(client: Client, resource: Resource<T>, name: string): Promise<T | undefined> {
  return (await client.list(resource, { namespace: 'shop' })).items.find(({ metadata }) => metadata.name === name);
}

async function arrives<T extends KubeObject>(
  { admin }: TestMember,
  resource: Resource<T>,
  name: string,
): Promise<void> {
  await expect.poll(() => find(admin, resource, name), soon).toBeDefined();
}

async function kindsSynced({ admin }: TestFederation): Promise<string> {
  const { status, message } = clusterCondition(await admin.get(clusters, { name: ODD }), 'KindsSynced') ?? {};
  return `${status ?? ''} ${message ?? ''}`;
}

/** Events about an object that tell of the odd member. */
async function told({ admin }: TestFederation, name: string): Promise<string> {
  const { items } = await admin.list(events);
  const about = items.filter((event) => event.involvedObject.name === name && event.message?.includes(ODD) === true);
  return about.map(({ reason, message }) => `${reason ?? ''}: ${message ?? ''}`).join('\n');
}

async function onEtcd(stack: AsyncDisposableStack): Promise<Storage> {
  const etcd = stack.use(await EtcdCluster.start());
  const storage = createEtcdStorage(etcd.options());
  const cache = createWatchCache(storage, etcd.options());
  stack.use(await start([storage, cache]));
  return cache;
}

it.for([
  ['in memory', false, async () => createMemoryStorage({ clock: systemClock })],
  ['in etcd', withoutEtcd() !== false, onEtcd],
] as const)(
  'copies what a member that stores %s serves and allows, and says what is missing',
  async ([, isAbsent, make], { skip }) => {
    skip(isAbsent, 'no etcd here');
    await using stack = new AsyncDisposableStack();
    const odd = oddities({ lacks: new Set(['cronjobs']), forbids: new Set(['secrets']) });
    const { fleet, ...members } = stack.use(await world(odd, await make(stack)));
    await fleet.admin.create(cronJobs, nightly);
    await fleet.admin.create(secrets, password);
    await fleet.admin.create(configMaps, settings);
    await fleet.admin.create(deployments, web);
    await arrives(members.odd, configMaps, 'settings');
    await arrives(members.odd, deployments, 'web');
    await arrives(members.ours, cronJobs, 'nightly');
    await arrives(members.ours, secrets, 'password');
    await arrives(members.ours, deployments, 'web');
    await expect
      .poll(() => told(fleet, 'nightly'), soon)
      .toMatch(/AddInClusterFailed: .*cannot be listed.*could not find/);
    await expect.poll(() => told(fleet, 'password'), soon).toMatch(/AddInClusterFailed: .*secrets is forbidden/);
    await expect
      .poll(() => kindsSynced(fleet), soon)
      .toMatch(/^False cannot list cronjobs\.batch \(.*\), secrets \(.*\); all else works$/);
    expect(isReady(await fleet.admin.get(clusters, { name: ODD }))).toBe(true);

    odd.forbids.clear();
    await arrives(members.odd, secrets, 'password');
    await expect
      .poll(() => kindsSynced(fleet), soon)
      .toMatch(/^False cannot list cronjobs\.batch \(.*\); all else works$/);
  },
);

it.each([false, true])('writes nothing again because of what a member adds (it is old: %s)', async (isOld) => {
  await using stack = new AsyncDisposableStack();
  const { fleet, odd } = stack.use(await world(oddities({ embellishes: true, isOld })));
  const key = { namespace: 'shop', name: 'web' };
  await fleet.admin.create(deployments, web);
  await fleet.admin.create(configMaps, settings);
  await fleet.admin.create(services, {
    metadata: web.metadata,
    spec: { ports: [{ port: 80 }], selector: { app: 'web' } },
  });
  await arrives(odd, deployments, 'web');
  await arrives(odd, configMaps, 'settings');
  await arrives(odd, services, 'web');
  const scale = async (replicas: number) => {
    await fleet.admin.patch(deployments, key, { type: 'merge', patch: { spec: { replicas } } });
    await expect.poll(async () => (await find(odd.admin, deployments, 'web'))?.spec?.replicas, soon).toBe(replicas / 2);
  };
  await scale(6);
  const copy = await odd.admin.get(deployments, key);
  expect(copy).toMatchObject({
    metadata: { labels: { 'odd.example.com/seen': 'true' } },
    spec: { oddField: { level: 3 } },
  });

  const writes = () => odd.line.writes.filter((write) => !write.startsWith('create events')).length;
  const before = writes();
  await fleet.restart();
  // Behind all that was to be looked at.
  await fleet.admin.create(configMaps, { ...settings, metadata: { ...settings.metadata, name: 'last' } });
  await arrives(odd, configMaps, 'last');
  await scale(8);
  expect(writes()).toBe(before + 2);
  const scaled: Deployment & { readonly spec?: { readonly oddField?: object } } = await odd.admin.get(deployments, key);
  expect(scaled.spec?.oddField).toEqual({ level: 3 });
});

it('says which kinds a half-broken member cannot answer for, and waits for nobody because of it', async () => {
  const odd = oddities({ fails: new Set(['deployments']), slowListsMs: 300, dropsWatchesAfterMs: 700 });
  await using stack = new AsyncDisposableStack();
  const { fleet, ...members } = stack.use(await world(odd));
  await fleet.admin.create(deployments, web);
  await fleet.admin.create(configMaps, settings);
  await arrives(members.ours, deployments, 'web');
  await arrives(members.odd, configMaps, 'settings');
  await expect.poll(() => told(fleet, 'web'), soon).toMatch(/AddInClusterFailed: .*out of order/);
  await expect
    .poll(() => kindsSynced(fleet), soon)
    .toMatch(/^False cannot list deployments\.apps \(.*out of order\); all else works$/);
  for (let round = 0; round < 3; round++) {
    const data = { a: String(round) };
    await fleet.admin.patch(configMaps, { namespace: 'shop', name: 'settings' }, { type: 'merge', patch: { data } });
    for (const member of [members.ours, members.odd]) {
      await expect.poll(async () => (await find(member.admin, configMaps, 'settings'))?.data, soon).toEqual(data);
    }
  }
  // Somebody changes a copy while no watch tells of it.
  await members.odd.admin.delete(configMaps, { namespace: 'shop', name: 'settings' });
  await arrives(members.odd, configMaps, 'settings');

  odd.fails.clear();
  await arrives(members.odd, deployments, 'web');
  await expect.poll(() => kindsSynced(fleet), soon).toMatch(/^True/);
});
