import {
  badRequest,
  formatTime,
  isConflict,
  labelSelectorOf,
  matchesLabels,
  statusError,
  type StatusError,
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
import type { Client } from '../../../src/client/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import { isReady, isTerminal } from '../../pods/index.ts';
import { successStatus } from './success-status.ts';

/** Others may take from the same budget at the same time. */
const ATTEMPTS = 5;
const VIOLATION = "Cannot evict pod as it would violate the pod's disruption budget.";

/** `pods/eviction`: a deletion that the pod's PodDisruptionBudget may refuse. */
export function podEviction(own: () => Client, clock: Clock): Subresource<Pod> {
  return {
    type: 'create',
    name: 'eviction',
    body: evictionBody,
    async create(body, { key, signal, dryRun }) {
      // @NOTE bodies are decoded as the kind that `body` names.
      const { metadata, deleteOptions } = body as Eviction;
      if (metadata.name !== key.name) throw badRequest('name in URL does not match name in Eviction object');
      const { gracePeriodSeconds, preconditions } = deleteOptions ?? {};
      const pod = await own().get(pods, key, { signal });
      if (needsLeave(pod)) await takeLeave(pod, { client: own(), now: clock.now(), signal, dryRun });
      await own().delete(pods, key, {
        signal,
        dryRun,
        ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
        ...(preconditions === undefined ? {} : { preconditions }),
      });
      return successStatus({ name: key.name, kind: 'pods' });
    },
  };
}

/** What has ended, has not begun or is going already disrupts nobody. */
function needsLeave(pod: Pod): boolean {
  return !isTerminal(pod) && pod.status?.phase !== 'Pending' && pod.metadata.deletionTimestamp === undefined;
}

interface Leave {
  readonly client: Client;
  readonly now: number;
  readonly signal: AbortSignal;
  readonly dryRun: boolean;
}

/** Takes one disruption from the pod's budget. Throws 429 when there is none left, 500 when two budgets are about it. */
async function takeLeave(pod: Pod, { client, now, signal, dryRun }: Leave): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const budget = await budgetOf(pod, client, signal);
    if (budget === undefined || mayGoUnready(pod, budget)) return;
    const next = withoutOne(budget, pod.metadata.name ?? '', now);
    if (dryRun) return;
    try {
      await client.updateStatus(podDisruptionBudgets, next, { signal });
      return;
    } catch (err) {
      if (!isConflict(err) || attempt === ATTEMPTS) throw err;
    }
  }
}

async function budgetOf(pod: Pod, client: Client, signal: AbortSignal): Promise<PodDisruptionBudget | undefined> {
  const { namespace, labels } = pod.metadata;
  const { items } = await client.list(podDisruptionBudgets, {
    signal,
    ...(namespace === undefined ? {} : { namespace }),
  });
  const found = items.filter(
    ({ spec }) => spec?.selector !== undefined && matchesLabels(labelSelectorOf(spec.selector), labels),
  );
  if (found.length <= 1) return found[0];
  const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
  throw statusError(500, 'InternalError', message);
}

/** A pod that serves nobody may go while enough others do, or always if the budget says so. */
function mayGoUnready(pod: Pod, { spec, status }: PodDisruptionBudget): boolean {
  if (isReady(pod)) return false;
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy;
}

function withoutOne(budget: PodDisruptionBudget, podName: string, now: number): PodDisruptionBudget {
  const { metadata, status = {} } = budget;
  const name = metadata.name ?? '';
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 1)) {
    throw refusal(`The disruption budget ${name} is still being processed by the server.`, 10);
  }
  const { disruptionsAllowed = 0, desiredHealthy = 0, currentHealthy = 0 } = status;
  if (disruptionsAllowed <= 0) {
    const needs = `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
    throw refusal(needs);
  }
  const disruptedPods = { ...status.disruptedPods, [podName]: formatTime(now) };
  return { ...budget, status: { ...status, disruptionsAllowed: disruptionsAllowed - 1, disruptedPods } };
}

function refusal(why: string, retryAfterSeconds?: number): StatusError {
  const causes = [{ reason: 'DisruptionBudget', message: why }];
  const details = { causes, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  return statusError(429, 'TooManyRequests', VIOLATION, { details });
}
