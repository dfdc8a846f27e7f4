import { isConflict, isNotFound, parseTime, type Resource } from '../../src/apimachinery/index.ts';
import { namespaces as resource, type Namespace } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { mapConcurrent, type Clock, type Logger, type Runnable } from '../../src/component-base/index.ts';
import { controller, WorkQueue, type Informer } from '../../src/controller/index.ts';
import { finalizers } from '../apis/index.ts';

export interface NamespaceControllerDeps {
  readonly federation: Client;
  readonly namespaces: Informer<Namespace>;
  /** The namespaced resources that are served now. */
  readonly resources: () => readonly Resource[];
  /** It is copied to members, and so can be orphaned there. */
  readonly isFederated: (resource: Resource) => boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

const CONTENT_FINALIZER = 'kubernetes';
const CONCURRENT = 4;
const FIRST_REVIEW_MS = 200;
const LONGEST_REVIEW_MS = 5_000;
const LONGEST_RETRY_MS = 5_000;

/**
 * Empties a deleted namespace in the federation's API and then lets it go. What becomes of the copies in the members is
 * decided once, for the namespace: deleted with `Orphan`, its content is orphaned too.
 */
export function namespaceController(deps: NamespaceControllerDeps): Runnable {
  const { federation, namespaces, clock, log } = deps;
  const name = 'federation-namespace-content-controller';
  const queue = new WorkQueue(clock, { name, maxDelayMs: LONGEST_RETRY_MS });
  const worker = controller({
    name,
    queue,
    workers: 2,
    clock,
    log,
    reconcile: async (key, signal) => {
      const namespace = namespaces.lister.get(key);
      const held = namespace?.spec?.finalizers ?? [];
      if (namespace?.metadata.deletionTimestamp === undefined || !held.includes(CONTENT_FINALIZER)) return {};
      if (await holdsContent(deps, namespace, signal)) {
        return { requeueAfterMs: reviewMs(namespace, clock.now()) };
      }
      const spec = { ...namespace.spec, finalizers: held.filter((finalizer) => finalizer !== CONTENT_FINALIZER) };
      try {
        await federation.update(resource, { ...namespace, spec }, { subresource: 'finalize', signal });
      } catch (err) {
        if (!isConflict(err) && !isNotFound(err)) throw err;
      }
      return {};
    },
  });
  return {
    name,
    async run(signal, ready) {
      const remove = namespaces.onEvent(({ key, object, type }) => {
        if (type !== 'delete' && object.metadata.deletionTimestamp !== undefined) queue.add(key);
      });
      await worker.run(signal, ready);
      remove();
    },
  };
}

/** The longer it has taken the longer it may take: content that waits for a member out of sight waits for hours. */
function reviewMs({ metadata }: Namespace, now: number): number {
  const ageMs = now - (parseTime(metadata.deletionTimestamp) ?? now);
  return Math.min(Math.max(FIRST_REVIEW_MS, ageMs / 4), LONGEST_REVIEW_MS);
}

async function holdsContent(
  { federation, resources, isFederated }: NamespaceControllerDeps,
  { metadata: { name: namespace = '', finalizers: held = [] } }: Namespace,
  signal: AbortSignal,
): Promise<boolean> {
  const isOrphaned = held.includes(finalizers.orphan);
  const counts = await mapConcurrent(
    resources(),
    CONCURRENT,
    async (content) => {
      const { items } = await federation.list(content, { namespace, signal });
      if (items.some(({ metadata }) => metadata.deletionTimestamp === undefined)) {
        // Nobody would ever take that finalizer from what has no copies.
        const propagationPolicy = isOrphaned && isFederated(content) ? 'Orphan' : 'Background';
        await federation.deleteCollection(content, { namespace }, { propagationPolicy, signal });
        return (await federation.list(content, { namespace, signal, limit: 1 })).items.length;
      }
      return items.length;
    },
    signal,
  );
  let left = 0;
  for (const count of counts) {
    if (count.status === 'rejected') throw count.reason;
    left += count.value;
  }
  return left > 0;
}
