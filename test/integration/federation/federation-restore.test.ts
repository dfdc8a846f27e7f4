import { expect, it } from 'vitest';
import { clusterCondition, clusters, isReady } from '../../../federation/apis/index.ts';
import { unjoinCluster } from '../../../federation/join/index.ts';
import { confirmRestoration, heldCopies, type Restoration } from '../../../federation/restoration/index.ts';
import { configMaps, events, namespaces, services } from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Storage } from '../../../src/storage/index.ts';
import { balance, endpoints, nginx, startTestFederation, NAME, type TestFederation } from './fixture.ts';

const soon = { timeout: 10_000, interval: 10 };
const asia = 'gce-asia-east1';
const us = 'gce-us-east1';
const cascade = { propagationPolicy: 'Background' as const };
const signal = new AbortController().signal;
const restored: Restoration = { takenAt: '2026-01-01T00:00:00Z', restoredAt: '2026-02-01T00:00:00Z' };

interface Setting {
  readonly fleet: TestFederation;
  /** Stops the federation, puts what it stored at the time of the backup in the place of what it stores, and starts it again. */
  readonly restore: (backup: Backup) => Promise<void>;
}

type Backup = ReadonlyMap<string, Uint8Array>;

async function backupOf(storage: Storage): Promise<Backup> {
  const { items } = await storage.list('/registry/');
  return new Map(items.map(({ key, value }) => [key, value]));
}

async function putBack(storage: Storage, backup: Backup): Promise<void> {
  const { items } = await storage.list('/registry/');
  const present = new Map(items.map(({ key, modRevision }) => [key, modRevision]));
  for (const [key, revision] of present) if (!backup.has(key)) await storage.delete(key, revision);
  for (const [key, value] of backup) {
    const revision = present.get(key);
    if (revision === undefined) await storage.create(key, value);
    else await storage.update(key, value, revision);
  }
}

async function started(): Promise<Setting> {
  const health = { probeIntervalMs: 100, retryIntervalMs: 20, offlineIntervalMs: 50, refusedOfflineMs: 100 };
  const federation: { restored?: Restoration; health: typeof health; sync: { deletionGraceMs: number } } = {
    health,
    sync: { deletionGraceMs: 100 },
  };
  const fleet = await startTestFederation({ names: [asia, us], federation });
  await expect.poll(async () => (await fleet.admin.list(clusters)).items.filter(isReady).length, soon).toBe(2);
  for (const name of [asia, us]) {
    await fleet.admin.patch(clusters, { name }, { type: 'merge', patch: { metadata: { labels: { name } } } });
  }
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  const restore = async (backup: Backup) => {
    federation.restored = restored;
    await fleet.restart(() => putBack(fleet.storage, backup));
    delete federation.restored;
  };
  return { fleet, restore };
}

const keyOf = (name: string) => ({ namespace: 'shop', name });
const selector = (cluster: string) => ({
  'federation.alpha.kubernetes.io/cluster-selector': JSON.stringify([
    { key: 'name', operator: '=', values: [cluster] },
  ]),
});
const make = ({ admin }: TestFederation, name: string, annotations: Record<string, string> = {}) =>
  admin.create(configMaps, { metadata: { ...keyOf(name), annotations }, data: { a: '1' } });

const namesIn = async (admin: Client) =>
  (await admin.list(configMaps, { namespace: 'shop' })).items.map(({ metadata }) => metadata.name).sort();

const objects = ({ admin }: TestFederation) => namesIn(admin);

/** Names of the copies in a member. */
const copies = (fleet: TestFederation, cluster: string) => namesIn(fleet.member(cluster).admin);

const condition = async ({ admin }: TestFederation, name: string) =>
  clusterCondition(await admin.get(clusters, { name }), 'RemovalsHeld');

const told = async ({ admin }: TestFederation, name: string) =>
  (await admin.list(events)).items
    .filter(({ involvedObject }) => involvedObject.name === name)
    .map(({ reason, message }) => `${reason ?? ''}: ${message ?? ''}`)
    .join('\n');

it('deletes nothing in members on the word of an old backup, until that is confirmed', async () => {
  const { fleet, restore } = await started();
  await using _fleet = fleet;
  await make(fleet, 'kept');
  await make(fleet, 'moved', selector(us));
  await make(fleet, 'replaced', selector(us));
  await expect.poll(() => copies(fleet, us), soon).toEqual(['kept', 'moved', 'replaced']);
  const backup = await backupOf(fleet.storage);

  const everywhere = { metadata: { annotations: { 'federation.alpha.kubernetes.io/cluster-selector': null } } };
  await fleet.admin.patch(configMaps, keyOf('moved'), { type: 'merge', patch: everywhere });
  await fleet.admin.delete(configMaps, keyOf('replaced'), cascade);
  await expect.poll(() => copies(fleet, us), soon).toEqual(['kept', 'moved']);
  await expect.poll(() => objects(fleet), soon).not.toContain('replaced');
  await make(fleet, 'replaced');
  await make(fleet, 'later');
  for (const name of [asia, us]) {
    await expect.poll(() => copies(fleet, name), soon).toEqual(['kept', 'later', 'moved', 'replaced']);
  }

  await restore(backup);
  await expect
    .poll(async () => (await condition(fleet, asia))?.message, soon)
    .toBe(
      'the federation was restored from a backup of 2026-01-01T00:00:00Z at 2026-02-01T00:00:00Z; nothing is deleted here until that is confirmed; 1 copy (configmap "shop/moved") would be; 2 copies (configmap "shop/later", configmap "shop/replaced") are of no object of the federation, and left as they are. "koinon confirm-restore --dry-run" shows all',
    );
  expect((await condition(fleet, asia))?.status).toBe('True');
  await expect
    .poll(async () => (await heldCopies(fleet.admin, signal)).get(us)?.unknown, soon)
    .toEqual(['configmap "shop/later"']);
  await expect.poll(() => told(fleet, 'moved'), soon).toContain('ConfirmationRequired: The federation was restored');

  // What is asked for now is done, as far as nothing is deleted for it.
  await make(fleet, 'new');
  await fleet.admin.delete(configMaps, keyOf('kept'), cascade);
  await expect.poll(() => told(fleet, 'kept'), soon).toContain('ConfirmationRequired');
  const unjoin = { federation: fleet.admin, member: fleet.member(us).admin, name: us, federationName: NAME } as const;
  await expect(unjoinCluster({ ...unjoin, cascade: 'delete' })).rejects.toThrow(/restored from a backup/);
  for (const name of [asia, us]) {
    await expect.poll(() => copies(fleet, name), soon).toEqual(['kept', 'later', 'moved', 'new', 'replaced']);
  }
  await fleet.restart();
  await expect
    .poll(async () => (await heldCopies(fleet.admin, signal)).get(asia)?.held, soon)
    .toEqual(['configmap "shop/kept"', 'configmap "shop/moved"']);
  for (const { line } of fleet.members)
    expect(line.writes.filter((write) => write === 'delete configmaps').length).toBe(
      line === fleet.member(us).line ? 1 : 0,
    );

  expect(await confirmRestoration(fleet.admin, signal)).toBe(true);
  await expect.poll(() => copies(fleet, asia), soon).toEqual(['later', 'new', 'replaced']);
  await expect.poll(() => copies(fleet, us), soon).toEqual(['later', 'moved', 'new', 'replaced']);
  await expect.poll(async () => (await condition(fleet, asia))?.status, soon).toBe('False');
  await expect.poll(async () => (await heldCopies(fleet.admin, signal)).size, soon).toBe(0);
  await expect.poll(() => confirmRestoration(fleet.admin, signal), soon).toBe(false);
});

it('pays no debts of an old backup, and gives none in, until that is confirmed', async () => {
  const { fleet, restore } = await started();
  await using _fleet = fleet;
  await make(fleet, 'owed');
  for (const name of [asia, us]) await expect.poll(() => copies(fleet, name), soon).toEqual(['owed']);
  fleet.member(asia).line.set('refused');
  await fleet.admin.delete(configMaps, keyOf('owed'), cascade);
  await expect.poll(async () => (await fleet.admin.list(configMaps, { namespace: 'shop' })).items, soon).toEqual([]);

  await restore(await backupOf(fleet.storage));
  fleet.member(asia).line.set('up');
  await expect
    .poll(async () => (await heldCopies(fleet.admin, signal)).get(asia), soon)
    .toEqual({
      held: ['configmap "shop/owed"'],
      unknown: [],
    });
  expect(await copies(fleet, asia)).toEqual(['owed']);
  await confirmRestoration(fleet.admin, signal);
  await expect.poll(() => copies(fleet, asia), soon).toEqual([]);
});

it('goes on to answer for Services that an old backup does not know, until that is confirmed', async () => {
  const { fleet, restore } = await started();
  await using _fleet = fleet;
  const backup = await backupOf(fleet.storage);
  await fleet.admin.create(services, nginx('shop'));
  const member = fleet.member(asia);
  const shards = async () => (await member.admin.list(services, { namespace: 'shop' })).items.length;
  await expect.poll(shards, soon).toBe(1);
  await balance(member, 'shop', 'nginx', '203.0.113.1');
  await endpoints(member, 'shop', 'nginx', [true]);
  await expect.poll(async () => Object.values(await fleet.records()), soon).toContain('203.0.113.1');
  const before = await fleet.records();

  await restore(backup);
  await expect
    .poll(async () => (await heldCopies(fleet.admin, signal)).get(asia)?.unknown, soon)
    .toEqual(['service "shop/nginx"']);
  expect(await fleet.records()).toEqual(before);
  await confirmRestoration(fleet.admin, signal);
  await expect.poll(() => fleet.records(), soon).toEqual({});
  expect(await shards()).toBe(1);
});
