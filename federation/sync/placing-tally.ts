import { deepEqual, isNotFound, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock, Logger, Runnable } from '../../src/component-base/index.ts';
import { controller, WorkQueue, type InformerSet, type ReconcileResult } from '../../src/controller/index.ts';
import {
  clusterOverridePolicies,
  clusterPlacementPolicies,
  overridePolicies,
  placementPolicies,
  type OverridePolicy,
  type PlacementPolicy,
} from '../apis/index.ts';

/** What policies have to do with one object. */
export interface Governed {
  readonly placement?: PlacementPolicy;
  readonly isUnplaced: boolean;
  readonly overrides: readonly OverridePolicy[];
  readonly hasFailed: boolean;
}

interface Count {
  readonly objects: number;
  readonly troubled: number;
}

interface Entry {
  readonly id: string;
  readonly isTroubled: boolean;
}

export interface PolicyTallyDeps {
  readonly informers: Pick<InformerSet, 'of'>;
  readonly federation: Client;
  readonly clock: Clock;
  readonly log: Logger;
}

type PolicyResource = Resource<KubeObject & { readonly status?: object }>;

const RESOURCES: readonly PolicyResource[] = [
  placementPolicies,
  clusterPlacementPolicies,
  overridePolicies,
  clusterOverridePolicies,
];
/** Many objects are decided about at a time. */
const QUIET_MS = 1_000;
/** After a start until all objects have been decided about: counts that were right before are not written smaller. */
const START_MS = 10_000;

/** Writes into the status of each policy how many objects it is about. */
export class PolicyTally implements Runnable {
  readonly name = 'federation-policy-status';
  readonly #deps: PolicyTallyDeps;
  readonly #byObject = new Map<string, readonly Entry[]>();
  readonly #counts = new Map<string, Count>();
  readonly #queue: WorkQueue;
  /** Counted by whoever ran before. */
  #counted: ReadonlySet<string> = new Set();
  #startedAt = 0;

  constructor(deps: PolicyTallyDeps) {
    this.#deps = deps;
    this.#queue = new WorkQueue(deps.clock, { name: this.name });
  }

  /** `id`: of the object, over all kinds. */
  note(id: string, { placement, isUnplaced, overrides, hasFailed }: Governed): void {
    const entries: readonly Entry[] = [
      ...(placement === undefined ? [] : [{ id: policyId(placement), isTroubled: isUnplaced }]),
      ...overrides.map((policy) => ({ id: policyId(policy), isTroubled: hasFailed })),
    ];
    const before = this.#byObject.get(id) ?? [];
    if (deepEqual(before, entries)) return;
    for (const entry of before) this.#add(entry, -1);
    for (const entry of entries) this.#add(entry, 1);
    if (entries.length === 0) this.#byObject.delete(id);
    else this.#byObject.set(id, entries);
  }

  forget(id: string): void {
    this.note(id, { isUnplaced: false, overrides: [], hasFailed: false });
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { informers, clock, log } = this.#deps;
    this.#startedAt = clock.now();
    this.#counted = new Set(RESOURCES.flatMap((resource) => informers.of(resource).lister.list().map(policyId)));
    const removals = RESOURCES.map((resource) =>
      informers.of(resource).onEvent(({ object }) => {
        this.#queue.addAfter(policyId(object), QUIET_MS);
      }),
    );
    const worker = controller({
      name: this.name,
      queue: this.#queue,
      workers: 1,
      clock,
      log,
      reconcile: (id, own) => this.#write(id, own),
    });
    await worker.run(signal, ready);
    for (const remove of removals) remove();
  }

  #add({ id, isTroubled }: Entry, sign: 1 | -1): void {
    const { objects, troubled } = this.#counts.get(id) ?? { objects: 0, troubled: 0 };
    const next = { objects: objects + sign, troubled: troubled + (isTroubled ? sign : 0) };
    if (next.objects === 0) this.#counts.delete(id);
    else this.#counts.set(id, next);
    this.#queue.addAfter(id, QUIET_MS);
  }

  async #write(id: string, signal: AbortSignal): Promise<ReconcileResult> {
    const { informers, federation, clock } = this.#deps;
    const [kind, key = ''] = id.split(' ');
    const resource = RESOURCES.find((one) => one.kind === kind);
    const policy = resource === undefined ? undefined : informers.of(resource).lister.get(key);
    if (resource === undefined || policy === undefined) return {};
    const waitMs = this.#startedAt + START_MS - clock.now();
    if (this.#counted.has(id) && waitMs > 0) return { requeueAfterMs: waitMs };
    const status = statusOf(policy, this.#counts.get(id) ?? { objects: 0, troubled: 0 });
    if (deepEqual(policy.status ?? {}, status)) return {};
    try {
      await federation.updateStatus(resource, { ...policy, status }, { signal });
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
    return {};
  }
}

function statusOf({ kind, metadata: { generation } }: KubeObject, { objects, troubled }: Count): object {
  const trouble = kind.endsWith('PlacementPolicy') ? 'unplaced' : 'failed';
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    objects,
    ...(troubled === 0 ? {} : { [trouble]: troubled }),
  };
}

function policyId({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name ?? ''}`;
}
