import {
  apiVersionOf,
  findCondition,
  isNotFound,
  isStatusError,
  setCondition,
  type KubeObject,
  type Resource,
} from '../../../src/apimachinery/index.ts';
import { namespaces as namespaceResource, type Namespace } from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import { mapConcurrent } from '../../../src/component-base/index.ts';
import type { Key, Lister, Reconciler } from '../../../src/controller/index.ts';
import { contentConditions, type Remains } from './conditions.ts';

export interface NamespaceDeps {
  readonly namespaces: Lister<Namespace>;
  /** Every namespaced resource that can be listed and deleted. */
  readonly resources: () => readonly Resource[];
  readonly client: Client;
  readonly clock: Clock;
}

/** How long to wait for what does not go at once: most things take but a moment, some take for ever. */
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5000;
const CONCURRENCY = 8;

/** Empties a namespace that is being deleted and then lets it go. */
export function namespaceReconciler(deps: NamespaceDeps): Reconciler {
  const waits = new Map<Key, number>();
  return async (key, signal) => {
    const namespace = deps.namespaces.get(key);
    if (namespace?.metadata.deletionTimestamp === undefined || !isHeld(namespace)) {
      waits.delete(key);
      return {};
    }

    const remains = await empty(deps, key, signal);
    if (remains.length === 0) {
      await finalize(deps.client, namespace, signal);
      return {};
    }
    await report(deps, namespace, remains, signal);
    const requeueAfterMs = waits.get(key) ?? FIRST_RETRY_MS;
    waits.set(key, Math.min(2 * requeueAfterMs, LAST_RETRY_MS));
    return { requeueAfterMs };
  };
}

function isHeld({ spec }: Namespace): boolean {
  return (spec?.finalizers ?? []).includes('kubernetes');
}

/** Pods go first, so that no pod outlives the Secrets and NetworkPolicies that it relies on. */
async function empty(
  { resources, client }: NamespaceDeps,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly Remains[]> {
  const isPods = ({ group, plural }: Resource) => group === '' && plural === 'pods';
  const all = resources();
  const before = await emptyOf(client, all.filter(isPods), namespace, signal);
  if (before.length > 0) return before;
  return emptyOf(
    client,
    all.filter((resource) => !isPods(resource)),
    namespace,
    signal,
  );
}

async function emptyOf(
  client: Client,
  resources: readonly Resource[],
  namespace: string,
  signal: AbortSignal,
): Promise<readonly Remains[]> {
  const results = await mapConcurrent(
    resources,
    CONCURRENCY,
    async (resource): Promise<Remains | undefined> => {
      const { items } = await client.list(resource, { namespace, signal });
      if (items.length === 0) return undefined;
      try {
        await client.deleteCollection(resource, { namespace }, { propagationPolicy: 'Background', signal });
      } catch (err) {
        if (!isStatusError(err)) throw err;
        return { resource, objects: items, failure: err.message };
      }
      const { items: left } = await client.list(resource, { namespace, signal });
      return left.length === 0 ? undefined : { resource, objects: left };
    },
    signal,
  );
  return results.flatMap((result, index) => {
    if (result.status === 'fulfilled') return result.value ?? [];
    const resource = resources[index];
    if (resource === undefined) return [];
    const failure = result.reason instanceof Error ? result.reason.message : String(result.reason);
    const objects: readonly KubeObject[] = [];
    return [{ resource, objects, failure: `${apiVersionOf(resource)} ${resource.plural}: ${failure}` }];
  });
}

async function report(
  { client, clock }: NamespaceDeps,
  namespace: Namespace,
  remains: readonly Remains[],
  signal: AbortSignal,
): Promise<void> {
  const now = clock.now();
  const before = namespace.status?.conditions ?? [];
  const conditions = contentConditions(remains).reduce((list, state) => withState(list, state, now), before);
  if (conditions === before) return;
  try {
    await client.updateStatus(
      namespaceResource,
      { ...namespace, status: { ...namespace.status, conditions } },
      { signal },
    );
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}

type Conditions = NonNullable<NonNullable<Namespace['status']>['conditions']>;

function withState(
  conditions: Conditions,
  state: ReturnType<typeof contentConditions>[number],
  now: number,
): Conditions {
  const lastTransitionTime = findCondition(conditions, state.type)?.lastTransitionTime ?? '';
  return setCondition(conditions, { ...state, lastTransitionTime }, now);
}

async function finalize(client: Client, namespace: Namespace, signal: AbortSignal): Promise<void> {
  const finalizers = (namespace.spec?.finalizers ?? []).filter((name) => name !== 'kubernetes');
  const emptied = { ...namespace, spec: { ...namespace.spec, finalizers } };
  try {
    await client.update(namespaceResource, emptied, { subresource: 'finalize', signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}
