import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clusters, isReady } from '../../../federation/apis/index.ts';
import { isAlreadyExists, isNotFound } from '../../../src/apimachinery/index.ts';
import { configMaps, namespaces, type ConfigMap } from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import { startTestFederation, type TestFederation } from './fixture.ts';

const CLUSTERS = ['gce-asia-east1', 'gce-europe-west1', 'gce-us-east1'] as const;
const NAMES = ['a', 'b', 'c'] as const;
const MANAGED_BY = 'federation.koinon.dev/managed-by';
const SELECTOR = 'federation.alpha.kubernetes.io/cluster-selector';
const health = {
  probeIntervalMs: 50,
  retryIntervalMs: 20,
  offlineIntervalMs: 30,
  probeTimeoutMs: 200,
  silentOfflineMs: 300,
  refusedOfflineMs: 100,
};
const settled = { timeout: 30_000, interval: 25 };
const keyOf = (name: string) => ({ namespace: 'shop', name });

type Name = (typeof NAMES)[number];
type Cluster = (typeof CLUSTERS)[number];
type Step =
  | { readonly kind: 'put'; readonly name: Name; readonly value: number; readonly only: Cluster | undefined }
  | { readonly kind: 'delete'; readonly name: Name }
  | { readonly kind: 'drift' | 'remove' | 'disown' | 'squat'; readonly name: Name; readonly cluster: Cluster }
  | { readonly kind: 'cut'; readonly cluster: Cluster; readonly silent: boolean }
  | { readonly kind: 'mend'; readonly cluster: Cluster }
  | { readonly kind: 'restart' }
  | { readonly kind: 'pause'; readonly turns: number };

const name = fc.constantFrom(...NAMES);
const cluster = fc.constantFrom(...CLUSTERS);
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('put' as const),
        name,
        value: fc.nat(9),
        only: fc.option(cluster, { nil: undefined }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), name }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constantFrom('drift', 'remove', 'disown', 'squat'), name, cluster }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), cluster, silent: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('mend' as const), cluster }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('pause' as const), turns: fc.integer({ min: 1, max: 20 }) }),
    },
  ),
  { minLength: 4, maxLength: 20, size: 'max' },
);

const find = async (client: Client, at: string): Promise<ConfigMap | undefined> => {
  try {
    return await client.get(configMaps, keyOf(at));
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
};

/** What people in members have made or taken as theirs: by `cluster name`, what it holds. */
type Theirs = Map<string, string>;

async function put(fleet: TestFederation, { name: of, value, only }: Extract<Step, { kind: 'put' }>): Promise<void> {
  const chosen = JSON.stringify([{ key: 'name', operator: '=', values: [only] }]);
  const annotations = only === undefined ? {} : { [SELECTOR]: chosen };
  const data = { value: String(value) };
  const before = await find(fleet.admin, of);
  if (before === undefined) await fleet.admin.create(configMaps, { metadata: { ...keyOf(of), annotations }, data });
  else if (before.metadata.deletionTimestamp === undefined) {
    const patch = { metadata: { annotations: { [SELECTOR]: only === undefined ? null : chosen } }, data };
    await fleet.admin.patch(configMaps, keyOf(of), { type: 'merge', patch });
  }
}

async function inMember(
  fleet: TestFederation,
  theirs: Theirs,
  { kind, name: of, cluster: at }: Extract<Step, { kind: 'drift' | 'remove' | 'disown' | 'squat' }>,
): Promise<void> {
  const { admin } = fleet.member(at);
  const copy = await find(admin, of);
  const isOurs = copy?.metadata.labels?.[MANAGED_BY] !== undefined;
  if (kind === 'squat' && copy === undefined) {
    await admin.create(configMaps, { metadata: keyOf(of), data: { value: 'theirs' } });
    theirs.set(`${at} ${of}`, 'theirs');
  }
  if (!isOurs) return;
  if (kind === 'drift') {
    await admin.patch(configMaps, keyOf(of), { type: 'merge', patch: { data: { value: 'drifted' } } });
  }
  if (kind === 'remove') await admin.delete(configMaps, keyOf(of), {});
  if (kind === 'disown') {
    const gone = { 'federation.koinon.dev/federated-uid': null };
    const patch = { metadata: { labels: { [MANAGED_BY]: null }, annotations: gone }, data: { value: 'taken' } };
    await admin.patch(configMaps, keyOf(of), { type: 'merge', patch });
    theirs.set(`${at} ${of}`, 'taken');
  }
}

async function take(fleet: TestFederation, theirs: Theirs, step: Step): Promise<void> {
  switch (step.kind) {
    case 'put':
      return put(fleet, step);
    case 'delete':
      if ((await find(fleet.admin, step.name)) === undefined) return;
      await fleet.admin.delete(configMaps, keyOf(step.name), { propagationPolicy: 'Background' });
      return;
    case 'cut':
      fleet.member(step.cluster).line.set(step.silent ? 'silent' : 'refused');
      return;
    case 'mend':
      fleet.member(step.cluster).line.set('up');
      return;
    case 'restart':
      return fleet.restart();
    case 'pause':
      // So many rounds through a server: what is under way gets some way on.
      for (let turn = 0; turn < step.turns; turn += 1) await fleet.admin.list(configMaps);
      return;
    default:
      return inMember(fleet, theirs, step);
  }
}

/** The federation was faster: what was to be done to an object has nothing to be done to any more. */
async function unlessLate(done: Promise<void>): Promise<void> {
  try {
    await done;
  } catch (err) {
    if (!isNotFound(err) && !isAlreadyExists(err)) throw err;
  }
}

async function present(fleet: TestFederation): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name: at, admin } of fleet.members) {
    for (const { metadata, data } of (await admin.list(configMaps, { namespace: 'shop' })).items) {
      found[`${at} ${metadata.name}`] = data?.['value'] ?? '';
    }
  }
  return found;
}

/** As it must be once everything can be reached: people's things as they left them, and ours as asked. */
async function wanted(fleet: TestFederation, theirs: Theirs): Promise<Record<string, string>> {
  const { items } = await fleet.admin.list(configMaps, { namespace: 'shop' });
  const ours = items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .flatMap((object) =>
      clustersOf(object).map((at): readonly [string, string] => [
        `${at} ${object.metadata.name}`,
        object.data?.['value'] ?? '',
      ]),
    );
  return Object.fromEntries<string>([...ours, ...(await stillTheirs(fleet, theirs))]);
}

function clustersOf({ metadata }: ConfigMap): readonly Cluster[] {
  const selector = metadata.annotations?.[SELECTOR];
  return CLUSTERS.filter((at) => selector?.includes(`"${at}"`) ?? true);
}

/** What was taken while it was being written may have been taken back; it must not be gone. */
async function stillTheirs(fleet: TestFederation, theirs: Theirs): Promise<readonly (readonly [string, string])[]> {
  const looks = [...theirs].map(async ([id, value]) => {
    const [at = '', of = ''] = id.split(' ');
    const there = await find(fleet.member(at).admin, of);
    return there?.metadata.labels?.[MANAGED_BY] === undefined ? [[id, value] as const] : [];
  });
  return (await Promise.all(looks)).flat();
}

async function start(): Promise<TestFederation> {
  const fleet = await startTestFederation({
    names: [...CLUSTERS],
    federation: { health, sync: { deletionGraceMs: 200, memberTimeoutMs: 200 } },
  });
  await expect.poll(async () => (await fleet.admin.list(clusters)).items.filter(isReady).length, settled).toBe(3);
  for (const at of CLUSTERS) {
    await fleet.admin.patch(clusters, { name: at }, { type: 'merge', patch: { metadata: { labels: { name: at } } } });
  }
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  for (const { admin } of fleet.members) {
    await expect.poll(() => admin.get(namespaces, { name: 'shop' }).catch(() => undefined), settled).toBeDefined();
  }
  return fleet;
}

it('ends up right whatever has happened, and takes nothing from anybody', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      await using fleet = await start();
      const theirs: Theirs = new Map();
      for (const step of taken) await unlessLate(take(fleet, theirs, step));
      for (const { line } of fleet.members) line.set('up');
      await expect
        .poll(async () => {
          const [is, shall] = [await present(fleet), await wanted(fleet, theirs)];
          return {
            is,
            shall,
            same: JSON.stringify(Object.entries(is).sort()) === JSON.stringify(Object.entries(shall).sort()),
          };
        }, settled)
        .toMatchObject({ same: true });
    }),
    { numRuns: Number(process.env['RUNS'] ?? 6), seed: Number(process.env['SEED'] ?? 20161), endOnFailure: true },
  );
}, 600_000);
