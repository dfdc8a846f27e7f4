import { isConflict, isNotFound, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import { configMaps } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { untilAborted, withDeadline, type Clock, type Logger, type Runnable } from '../../src/component-base/index.ts';
import { controller, WorkQueue, type Informer, type ReconcileResult } from '../../src/controller/index.ts';
import { clusterCondition, isOffline, type Cluster, type ClusterCondition } from '../apis/index.ts';
import { writeCondition, type ClusterClients } from '../cluster/index.ts';
import { forgetHeldCopies, keepHeldCopies } from './held-copies.ts';
import type { RemovalHold } from './removal-hold.ts';
import { removalsConfirmed, removalsHeld } from './removals-held.ts';
import { RESTORED_MARK, unconfirmed } from './restored-mark.ts';
import { nameOf, unknownCopies, type UnknownCopy } from './unknown-copies.ts';

export interface RestorationDeps {
  readonly federationName: string;
  readonly federation: Client;
  readonly clusters: Informer<Cluster>;
  readonly clients: Pick<ClusterClients, 'get'>;
  readonly hold: RemovalHold;
  /** What is copied to members. */
  readonly kinds: (signal: AbortSignal) => Promise<readonly Resource[]>;
  /** Copies that would be deleted in a cluster if none were held. */
  readonly held: (cluster: string) => readonly string[];
  readonly knows: (cluster: string, resource: Resource, copy: KubeObject) => boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

const WORKERS = 4;
const CALL_TIMEOUT_MS = 30_000;
/** What would be deleted becomes known as the members are looked at. */
const REVIEW_MS = 3_000;
/** Looking for what the federation does not know lists all its copies. */
const SURVEY_MS = 10 * 60_000;
const SURVEY_RETRY_MS = 60_000;
const SURVEY_TIMEOUT_MS = 20_000;

interface Survey {
  readonly nextAt: number;
  /** Absent as long as no look has come to its end. */
  readonly unknown: readonly UnknownCopy[] | undefined;
}

/**
 * After a restore says on each Cluster what would be deleted there, and what is there that the backup does not know,
 * until somebody confirms it.
 */
export function restorationController(deps: RestorationDeps): Runnable {
  const { clusters, hold, clock, log } = deps;
  const name = 'federation-restoration-controller';
  const queue = new WorkQueue(clock, { name });
  const surveys = new Map<string, Survey>();
  const told = new Map<string, string>();
  const worker = controller({
    name,
    queue,
    workers: WORKERS,
    clock,
    log,
    reconcileTimeoutMs: CALL_TIMEOUT_MS,
    reconcile: (key, signal) => untilAborted(tell(deps, { surveys, told }, key, signal), signal),
  });
  return {
    name,
    async run(signal, ready) {
      const addAll = () => {
        for (const { metadata } of clusters.lister.list()) queue.add(metadata.name ?? '');
        queue.add(MARK_KEY);
      };
      const removals = [
        clusters.onEvent(({ key, type, previous }) => {
          if (type === 'delete') {
            surveys.delete(key);
            told.delete(key);
          }
          if (type === 'delete' || previous === undefined) queue.add(key);
        }),
        hold.onChange(addAll),
      ];
      queue.add(MARK_KEY);
      await worker.run(signal, ready);
      for (const remove of removals) remove();
    },
  };
}

/** No cluster has such a name. */
const MARK_KEY = '(mark)';

interface Memory {
  readonly surveys: Map<string, Survey>;
  /** What was last written of each cluster. */
  readonly told: Map<string, string>;
}

async function tell(deps: RestorationDeps, memory: Memory, key: string, signal: AbortSignal): Promise<ReconcileResult> {
  const { restoration } = deps.hold;
  if (key === MARK_KEY) {
    if (restoration === undefined) await removeMark(deps, signal);
    return {};
  }
  const cluster = deps.clusters.lister.get(key);
  if (restoration === undefined) {
    await release(deps, memory, key, signal);
    return {};
  }
  if (cluster === undefined) {
    await forgetHeldCopies(deps.federation, key, signal);
    return {};
  }
  const found = await survey(deps, memory, cluster, signal);
  // Some have been taken over since by objects of their names.
  const unknown = found
    ?.filter(({ resource, copy }) => !deps.knows(key, resource, copy))
    .map(nameOf)
    .sort();
  const held = deps.held(key);
  const content = JSON.stringify({ restoration, held, unknown });
  if (memory.told.get(key) !== content) {
    await keepHeldCopies(deps.federation, key, { held, unknown: unknown ?? [] }, signal);
    await write(
      deps,
      cluster,
      removalsHeld(restoration, { held, ...(unknown === undefined ? {} : { unknown }) }),
      signal,
    );
    memory.told.set(key, content);
  }
  return { requeueAfterMs: REVIEW_MS };
}

/** What was last found, as long as nothing newer can be. */
async function survey(
  deps: RestorationDeps,
  { surveys }: Memory,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<readonly UnknownCopy[] | undefined> {
  const { federationName, clients, kinds, knows, clock, log } = deps;
  const name = cluster.metadata.name ?? '';
  const last = surveys.get(name);
  const member = clients.get(name);
  const isDue = last === undefined || clock.now() >= last.nextAt;
  if (!isDue || member === undefined || isOffline(cluster)) return last?.unknown;
  const deadline = withDeadline(SURVEY_TIMEOUT_MS, signal);
  try {
    const look = { member, federationName, kinds: await kinds(signal) };
    const looking = unknownCopies({ ...look, knows: (resource, copy) => knows(name, resource, copy) }, deadline);
    const unknown = await untilAborted(looking, deadline);
    surveys.set(name, { nextAt: clock.now() + SURVEY_MS, unknown });
    return unknown;
  } catch (err) {
    signal.throwIfAborted();
    log.warn({ cluster: name, err }, 'cannot look for copies of unknown objects');
    surveys.set(name, { nextAt: clock.now() + SURVEY_RETRY_MS, unknown: last?.unknown });
    return last?.unknown;
  }
}

async function release(deps: RestorationDeps, memory: Memory, name: string, signal: AbortSignal): Promise<void> {
  memory.surveys.delete(name);
  memory.told.delete(name);
  const cluster = deps.clusters.lister.get(name);
  if (cluster !== undefined && clusterCondition(cluster, 'RemovalsHeld')?.status !== 'True') return;
  await forgetHeldCopies(deps.federation, name, signal);
  if (cluster !== undefined) await write(deps, cluster, removalsConfirmed, signal);
}

/** A mark that was confirmed says nothing any more. */
async function removeMark({ federation, log }: RestorationDeps, signal: AbortSignal): Promise<void> {
  try {
    const mark = await federation.get(configMaps, RESTORED_MARK, { signal });
    if (unconfirmed(mark) !== undefined) return;
    const { uid = '', resourceVersion = '' } = mark.metadata;
    await federation.delete(configMaps, RESTORED_MARK, { signal, preconditions: { uid, resourceVersion } });
    log.info('the restore was confirmed: copies are deleted again');
  } catch (err) {
    if (!isNotFound(err) && !isConflict(err)) throw err;
  }
}

/** One that leaves meanwhile needs to be told nothing. */
async function write(
  deps: RestorationDeps,
  cluster: Cluster,
  news: ClusterCondition,
  signal: AbortSignal,
): Promise<void> {
  try {
    await writeCondition(deps, cluster, news, signal);
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}
