import {
  findCondition,
  forbidden,
  formatTime,
  setCondition,
  statusError,
  type StatusError,
} from '../../../src/apimachinery/index.ts';
import type { Pod, PodDisruptionBudget } from '../../../src/apis/index.ts';
import { isReady } from '../../pods/index.ts';

/** The controller of budgets has fallen far behind when so many evictions are not seen to be done. */
const MAX_DISRUPTED_PODS = 2000;
const RETRY_SECONDS = 10;
const VIOLATION = "Cannot evict pod as it would violate the pod's disruption budget.";
const BUDGETS = { group: 'policy', plural: 'poddisruptionbudget' };

/** A pod that serves nobody may go while enough others do, or always if the budget says so. */
export function mayGoUnready(pod: Pod, { spec, status }: PodDisruptionBudget): boolean {
  if (isReady(pod)) return false;
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy;
}

/** The budget with one disruption less for this pod. Throws 429 when there is none left, in upstream's words. */
export function withoutOne(budget: PodDisruptionBudget, podName: string, now: number): PodDisruptionBudget {
  const { metadata, status = {} } = budget;
  const { name = '', generation = 0 } = metadata;
  const { disruptionsAllowed = 0, disruptedPods = {}, observedGeneration = 0 } = status;
  if (observedGeneration < generation) throw inProgress(name);
  if (disruptionsAllowed < 0) throw broken(name, 'pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods).length > MAX_DISRUPTED_PODS) {
    throw broken(name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  }
  if (disruptionsAllowed === 0) throw refused(whyNone(budget));
  const left = disruptionsAllowed - 1;
  return {
    ...budget,
    status: {
      ...status,
      disruptionsAllowed: left,
      disruptedPods: { ...disruptedPods, [podName]: formatTime(now) },
      ...(left > 0 ? {} : { conditions: usedUp(budget, now) }),
    },
  };
}

function usedUp({ status = {} }: PodDisruptionBudget, now: number) {
  const { observedGeneration } = status;
  const condition = {
    type: 'DisruptionAllowed',
    status: 'False',
    reason: 'InsufficientPods',
    message: '',
    lastTransitionTime: formatTime(now),
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
  };
  return setCondition(status.conditions, condition, now);
}

/** For clients that shall ask again: the budget, or the pod, is just changing. */
export function inProgress(name: string): StatusError {
  return refused(`The disruption budget ${name} is still being processed by the server.`, RETRY_SECONDS);
}

function whyNone({ metadata: { name = '' }, status = {} }: PodDisruptionBudget): string {
  const { desiredHealthy = 0, currentHealthy = 0 } = status;
  const condition = findCondition(status.conditions, 'DisruptionAllowed');
  const told = condition?.status === 'False' && condition.message !== '' ? condition : undefined;
  const notNow = `The disruption budget ${name} does not allow evicting pods currently`;
  // What a failed sync left of the numbers is not to be trusted.
  if (told?.reason === 'SyncFailed') return `${notNow} because it failed sync: ${told.message}`;
  if (currentHealthy <= desiredHealthy) {
    return `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  }
  return told === undefined ? notNow : `${notNow} (${told.reason}): ${told.message}`;
}

function refused(why: string, retryAfterSeconds?: number): StatusError {
  const details = { causes: causes(why), ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  return statusError(429, 'TooManyRequests', VIOLATION, { details });
}

function broken(name: string, why: string): StatusError {
  const cause = why.replace(/^DisruptedPods map too big - too many/, 'too many pending');
  return forbidden(
    BUDGETS,
    name,
    why,
    causes(`The disruption budget ${name} does not allow evicting pods currently: ${cause}`),
  );
}

function causes(message: string) {
  return [{ reason: 'DisruptionBudget', message }];
}
