import {
  badRequest,
  formatTime,
  isConflict,
  labelSelectorOf,
  matchesLabels,
  statusError,
  type KubeObject,
} from '../../../src/apimachinery/index.ts';
import {
  evictionBody,
  podDisruptionBudgets,
  pods,
  type Eviction,
  type Pod,
  type PodDisruptionBudget,
} from '../../../src/apis/index.ts';
import type { Subresource } from '../../../src/apiserver/index.ts';
import type { Client, DeleteOptions } from '../../../src/client/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import { isTerminal } from '../../pods/index.ts';
import { inProgress, mayGoUnready, withoutOne } from './disruption-leave.ts';

/** Others may take from the same budget, and write the same pod, at the same time. */
const ATTEMPTS = 20;

/** `pods/eviction`: a deletion that the pod's PodDisruptionBudget may refuse. */
export function podEviction(own: () => Client, clock: Clock): Subresource<Pod> {
  return {
    type: 'create',
    name: 'eviction',
    body: evictionBody,
    async create(body, { key, signal, dryRun }) {
      // @NOTE bodies are decoded as the kind that `body` names.
      const eviction = body as Eviction;
      if (eviction.metadata.name !== key.name) throw badRequest('name in URL does not match name in Eviction object');
      const options = { ...optionsOf(eviction, dryRun), signal };
      await new Evicting(own(), clock.now(), options).evict(await own().get(pods, key, { signal }));
      return SUCCESS;
    },
  };
}

// @NOTE a Status is no object with a name, and an answer all the same.
const SUCCESS = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  code: 201,
} satisfies KubeObject & Record<string, unknown>;

type EvictionOptions = Omit<DeleteOptions, 'signal'>;

/** Of both who asks and what is asked with, either may want it only tried. */
function optionsOf({ deleteOptions = {} }: Eviction, dryRun: boolean): EvictionOptions {
  const { gracePeriodSeconds, preconditions, propagationPolicy, dryRun: given = [] } = deleteOptions;
  return {
    dryRun: dryRun || given.includes('All'),
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(preconditions === undefined ? {} : { preconditions }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy: policyOf(propagationPolicy) }),
  };
}

function policyOf(text: string): NonNullable<DeleteOptions['propagationPolicy']> {
  const policy = POLICIES.find((known) => known === text);
  if (policy === undefined) throw badRequest(`invalid propagation policy ${JSON.stringify(text)}`);
  return policy;
}

const POLICIES = ['Orphan', 'Background', 'Foreground'] as const;

class Evicting {
  readonly #client: Client;
  readonly #now: number;
  readonly #options: EvictionOptions & { readonly signal: AbortSignal };

  constructor(client: Client, now: number, options: EvictionOptions & { readonly signal: AbortSignal }) {
    this.#client = client;
    this.#now = now;
    this.#options = options;
  }

  async evict(pod: Pod): Promise<void> {
    if (!needsLeave(pod)) {
      await this.#delete(pod);
      return;
    }
    const budget = await this.#budgetOf(pod);
    if (budget === undefined) {
      await this.#delete(pod);
    } else if (mayGoUnready(pod, budget)) {
      await this.#deleteUnready(pod, budget);
    } else {
      await this.#takeLeave(pod, budget);
      await this.#delete(pod);
    }
  }

  /** It may have become ready since: then the budget is to be asked after all. */
  async #deleteUnready(pod: Pod, budget: PodDisruptionBudget): Promise<void> {
    const { preconditions } = this.#options;
    const { resourceVersion = '' } = pod.metadata;
    try {
      await this.#delete(pod, { resourceVersion, ...preconditions });
    } catch (err) {
      if (isConflict(err) && preconditions?.resourceVersion === undefined) throw inProgress(budget.metadata.name ?? '');
      throw err;
    }
  }

  /** Takes one disruption from the pod's budget. Throws 429 when there is none left. */
  async #takeLeave(pod: Pod, found: PodDisruptionBudget): Promise<void> {
    const { signal, dryRun } = this.#options;
    const { namespace = '', name = '' } = found.metadata;
    let budget = found;
    for (let attempt = 1; ; attempt++) {
      const next = withoutOne(budget, pod.metadata.name ?? '', this.#now);
      if (dryRun === true) return;
      try {
        await this.#client.updateStatus(podDisruptionBudgets, next, { signal });
        return;
      } catch (err) {
        if (!isConflict(err)) throw err;
        if (attempt === ATTEMPTS) throw tooManyConflicts(name);
      }
      budget = await this.#client.get(podDisruptionBudgets, { namespace, name }, { signal });
    }
  }

  async #budgetOf({ metadata: { namespace, labels } }: Pod): Promise<PodDisruptionBudget | undefined> {
    const { items } = await this.#client.list(podDisruptionBudgets, {
      signal: this.#options.signal,
      ...(namespace === undefined ? {} : { namespace }),
    });
    const found = items.filter(
      ({ spec }) => spec?.selector !== undefined && matchesLabels(labelSelectorOf(spec.selector), labels),
    );
    if (found.length <= 1) return found[0];
    const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    throw statusError(500, 'InternalError', message);
  }

  /** Says on the pod why it ends, and deletes it. */
  async #delete(pod: Pod, wanted = this.#options.preconditions): Promise<void> {
    const { namespace = '', name = '' } = pod.metadata;
    const marked = this.#options.dryRun === true || !isMeant(pod, wanted) ? undefined : await this.#mark(pod, wanted);
    const { resourceVersion } = marked?.metadata ?? {};
    const isPinned = wanted?.resourceVersion !== undefined && resourceVersion !== undefined;
    const preconditions = isPinned ? { ...wanted, resourceVersion } : wanted;
    const { preconditions: _given, ...options } = this.#options;
    await this.#client.delete(
      pods,
      { namespace, name },
      { ...options, ...(preconditions === undefined ? {} : { preconditions }) },
    );
  }

  #mark({ metadata: { namespace = '', name = '' } }: Pod, wanted: DeleteOptions['preconditions']): Promise<Pod> {
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
      lastTransitionTime: formatTime(this.#now),
    };
    const resourceVersion = wanted?.resourceVersion;
    const patch = {
      ...(resourceVersion === undefined ? {} : { metadata: { resourceVersion } }),
      status: { conditions: [condition] },
    };
    const { signal } = this.#options;
    return this.#client.patch<Pod>(
      pods,
      { namespace, name },
      { type: 'strategic', patch },
      { subresource: 'status', signal },
    );
  }
}

/** What has ended, has not begun or is going already disrupts nobody. */
function needsLeave(pod: Pod): boolean {
  return !isTerminal(pod) && pod.status?.phase !== 'Pending' && pod.metadata.deletionTimestamp === undefined;
}

/** Nothing is said on a pod that is not the one that was meant: its deletion is going to fail. */
function isMeant({ metadata }: Pod, wanted: DeleteOptions['preconditions']): boolean {
  const { uid = metadata.uid, resourceVersion = metadata.resourceVersion } = wanted ?? {};
  return uid === metadata.uid && resourceVersion === metadata.resourceVersion;
}

function tooManyConflicts(name: string) {
  const message = `couldn't update PodDisruptionBudget "${name}" due to conflicts`;
  const details = { retryAfterSeconds: 10 };
  return statusError(504, 'Timeout', `Timeout: ${message}`, { details });
}
