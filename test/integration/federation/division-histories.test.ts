import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  clusterPlacementPolicies,
  clusters,
  isReady,
  type Cluster as ClusterObject,
} from '../../../federation/apis/index.ts';
import { isConflict, isNotFound, keyOf, type JsonValue } from '../../../src/apimachinery/index.ts';
import { deployments, namespaces, type Deployment } from '../../../src/apis/index.ts';
import { startTestFederation, type TestFederation, type TestMember } from './fixture.ts';

const CLUSTERS = ['gce-asia-east1', 'gce-europe-west1', 'gce-us-east1'] as const;
const health = {
  probeIntervalMs: 50,
  retryIntervalMs: 20,
  offlineIntervalMs: 30,
  probeTimeoutMs: 200,
  refusedOfflineMs: 100,
};
const settled = { timeout: 30_000, interval: 25 };
const KEY = { namespace: 'shop', name: 'web' };
/** Of one copy: many times what a history needs. */
const MOST_CHANGES = 200;
const selector = { matchLabels: { app: 'web' } };
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } };

type Cluster = (typeof CLUSTERS)[number];
type Division = 'even' | 'weighted' | 'overflowing' | 'preferred';
type Step =
  | { readonly kind: 'scale'; readonly replicas: number }
  | { readonly kind: 'bar' | 'open' | 'cut' | 'mend'; readonly cluster: Cluster }
  | { readonly kind: 'restart' }
  | { readonly kind: 'pause'; readonly turns: number };

const cluster = fc.constantFrom(...CLUSTERS);
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('scale' as const), replicas: fc.nat(30) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom('bar' as const, 'open' as const, 'cut' as const, 'mend' as const),
        cluster,
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('pause' as const), turns: fc.integer({ min: 1, max: 40 }) }),
    },
  ),
  { minLength: 3, maxLength: 14, size: 'max' },
);

/** What is decided is decided again before a member has shown what it made of the last decision. */
const lateNews: readonly Step[] = [
  { kind: 'pause', turns: 31 },
  { kind: 'scale', replicas: 25 },
  { kind: 'restart' },
  { kind: 'cut', cluster: 'gce-asia-east1' },
  { kind: 'pause', turns: 23 },
  { kind: 'scale', replicas: 3 },
  { kind: 'scale', replicas: 20 },
];

const placements: Readonly<Record<Division, object | undefined>> = {
  even: { replicaScheduling: {} },
  weighted: {
    replicaScheduling: {
      weightPreference: {
        staticWeightList: [{ targetCluster: { clusterNames: ['gce-us-east1'] }, weight: 3 }, { weight: 1 }],
      },
    },
  },
  overflowing: {
    clusterAffinities: [{ affinityName: 'near', clusterNames: ['gce-us-east1'] }, { affinityName: 'far' }],
  },
  preferred: undefined,
};
const preferences = {
  rebalance: true,
  clusters: { '*': { weight: 1 }, 'gce-us-east1': { weight: 2, minReplicas: 1 } },
};

function bars(isBarred: boolean): JsonValue {
  return { spec: { taints: isBarred ? [{ key: 'works', effect: 'NoExecute' }] : null } };
}

/** What the controllers of a member do: whatever is asked for becomes ready. */
async function run({ admin }: TestMember, signal: AbortSignal): Promise<void> {
  const { metadata } = await admin.list(deployments, { namespace: 'shop' });
  for await (const event of admin.watch(deployments, {
    namespace: 'shop',
    resourceVersion: metadata.resourceVersion ?? '',
    signal,
  })) {
    if (event.type !== 'ADDED' && event.type !== 'MODIFIED') continue;
    const { spec, status } = event.object;
    const count = spec?.replicas ?? 1;
    if (status?.readyReplicas === count && status.observedGeneration === event.object.metadata.generation) continue;
    const next = {
      observedGeneration: event.object.metadata.generation ?? 0,
      replicas: count,
      updatedReplicas: count,
      readyReplicas: count,
      availableReplicas: count,
    };
    await admin.updateStatus(deployments, { ...event.object, status: next }).catch((err: unknown) => {
      if (!isConflict(err) && !isNotFound(err)) throw err;
    });
  }
}

async function take(fleet: TestFederation, step: Step): Promise<void> {
  switch (step.kind) {
    case 'scale':
      await fleet.admin.patch(deployments, KEY, { type: 'merge', patch: { spec: { replicas: step.replicas } } });
      return;
    case 'bar':
    case 'open':
      await fleet.admin.patch(clusters, { name: step.cluster }, { type: 'merge', patch: bars(step.kind === 'bar') });
      return;
    case 'cut':
    case 'mend':
      fleet.member(step.cluster).line.set(step.kind === 'cut' ? 'refused' : 'up');
      return;
    case 'restart':
      return fleet.restart();
    case 'pause':
      for (let turn = 0; turn < step.turns; turn += 1) await fleet.admin.list(deployments);
  }
}

async function copyIn({ admin }: TestMember): Promise<Deployment | undefined> {
  const { items } = await admin.list(deployments, { namespace: 'shop' });
  return items.find((object) => keyOf(object) === 'shop/web');
}

interface Holding {
  readonly cluster: string;
  readonly isBarred: boolean;
  readonly replicas: number;
  /** How often its copy was changed. */
  readonly changes: number;
}

async function holdingsOf(fleet: TestFederation): Promise<readonly Holding[]> {
  const { items } = await fleet.admin.list(clusters);
  const looks = items.map(async ({ metadata: { name = '' }, spec }) => {
    const copy = await copyIn(fleet.member(name));
    const isBarred = (spec?.taints ?? []).length > 0;
    return { cluster: name, isBarred, replicas: copy?.spec?.replicas ?? 0, changes: copy?.metadata.generation ?? 0 };
  });
  return Promise.all(looks);
}

/** What is wrong with where the replicas are; empty when nothing is. */
async function faults(fleet: TestFederation, division: Division): Promise<readonly string[]> {
  const { spec, status }: Deployment = await fleet.admin.get(deployments, KEY);
  const holdings = await holdingsOf(fleet);
  const restless = holdings.find(({ changes }) => changes > MOST_CHANGES);
  if (restless !== undefined) throw new Error(`${restless.cluster} was changed ${restless.changes} times`);
  const open = holdings.filter(({ isBarred }) => !isBarred).map(({ replicas }) => replicas);
  const found = holdings
    .filter(({ isBarred, replicas }) => isBarred && replicas > 0)
    .map(({ cluster: at, replicas }) => `${at} is barred and has ${replicas}`);
  if (open.length === 0) return found;
  const wanted = spec?.replicas ?? 1;
  const total = holdings.reduce((sum, { replicas }) => sum + replicas, 0);
  const ready = status?.readyReplicas ?? 0;
  if (total !== wanted || ready !== wanted) found.push(`${total} of ${wanted} replicas, of which ${ready} are ready`);
  const isEven = Math.max(...open) - Math.min(...open) <= 1;
  if (division === 'even' && !isEven) found.push(`${open.join(', ')} is not even`);
  return found;
}

async function start(division: Division): Promise<TestFederation> {
  const fleet = await startTestFederation({
    names: [...CLUSTERS],
    federation: { health, sync: { memberTimeoutMs: 200, replanAfterMs: 100 } },
  });
  const isKnown = (object: ClusterObject) => isReady(object) && object.status?.region !== undefined;
  await expect.poll(async () => (await fleet.admin.list(clusters)).items.filter(isKnown).length, settled).toBe(3);
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  const placement = placements[division];
  if (placement !== undefined) {
    const resourceSelectors = [{ apiVersion: 'apps/v1', kind: 'Deployment' }];
    await fleet.admin.create(clusterPlacementPolicies, {
      metadata: { name: 'all' },
      spec: { resourceSelectors, placement },
    });
  }
  const annotations: Record<string, string> =
    division === 'preferred' ? { 'federation.kubernetes.io/deployment-preferences': JSON.stringify(preferences) } : {};
  await fleet.admin.create(deployments, {
    metadata: { ...KEY, annotations },
    spec: { replicas: 5, selector, template },
  });
  return fleet;
}

it.each<Division>(['even', 'weighted', 'overflowing', 'preferred'])(
  'has all replicas where they may be, whatever has happened: %s',
  async (division) => {
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        await using fleet = await start(division);
        const stop = new AbortController();
        const running = fleet.members.map((member) => run(member, stop.signal));
        try {
          for (const step of taken) await take(fleet, step);
          for (const { line } of fleet.members) line.set('up');
          await expect.poll(() => faults(fleet, division), settled).toEqual([]);
        } finally {
          stop.abort();
          await Promise.allSettled(running);
        }
      }),
      { numRuns: 3, seed: 2016, endOnFailure: true, examples: [[lateNews]] },
    );
  },
  300_000,
);
