import { formatTime } from '../../src/apimachinery/index.ts';
import type { Pod, PodStatus } from '../../src/apis/index.ts';
import { containerStatusOf, ephemeralStatusOf } from './container-status.ts';
import {
  containersOf,
  ephemeralContainersOf,
  initContainersOf,
  latest,
  pendingInit,
  type ObservedPod,
} from './observed-pod.ts';
import { podConditions } from './pod-conditions.ts';
import type { PodOutcome } from './pod-plan.ts';

export interface PodStatusContext {
  readonly nodeAddress: string;
  readonly runtimeName: string;
  readonly now: number;
  readonly outcome: PodOutcome | undefined;
}

/** The status that tells what was observed of a pod; what others wrote into its conditions is kept. */
export function podStatusOf(pod: Pod, observed: ObservedPod, context: PodStatusContext): PodStatus {
  const { nodeAddress, now, outcome } = context;
  const initDone = pendingInit(pod, observed) === undefined;
  const init = initContainersOf(pod).map((container) => containerStatusOf(pod, container, observed, context));
  const main = containersOf(pod).map((container) => containerStatusOf(pod, container, observed, context));
  const ephemeral = ephemeralContainersOf(pod).map((container) => ephemeralStatusOf(pod, container, observed, context));
  const { podIP: _ip, podIPs: _ips, reason: _reason, message: _message, ...old } = pod.status ?? {};
  return {
    ...old,
    ...endOf(outcome),
    ...addressOf(pod, observed, outcome),
    phase: phaseOf(pod, observed, outcome),
    hostIP: nodeAddress,
    hostIPs: [{ ip: nodeAddress }],
    startTime: old.startTime ?? formatTime(now),
    ...(init.length === 0 ? {} : { initContainerStatuses: init }),
    containerStatuses: main,
    ...(ephemeral.length === 0 ? {} : { ephemeralContainerStatuses: ephemeral }),
    conditions: podConditions(pod, main, { hasSandbox: observed.sandbox?.state === 'READY', initDone, now, outcome }),
  };
}

function endOf(outcome: PodOutcome | undefined): Pick<PodStatus, 'reason' | 'message'> {
  const { reason, message } = outcome ?? {};
  return { ...(reason === undefined ? {} : { reason }), ...(message === undefined ? {} : { message }) };
}

/** One that has ended keeps the address that it had. */
function addressOf(pod: Pod, { sandbox }: ObservedPod, outcome: PodOutcome | undefined): Partial<PodStatus> {
  const had = outcome === undefined ? undefined : pod.status?.podIP;
  const ip = sandbox?.state === 'READY' ? sandbox.ip : had;
  return ip === undefined ? {} : { podIP: ip, podIPs: [{ ip }] };
}

function phaseOf(pod: Pod, observed: ObservedPod, outcome: PodOutcome | undefined): string {
  if (outcome !== undefined) return outcome.phase;
  if (pendingInit(pod, observed) !== undefined) return 'Pending';
  const begun = containersOf(pod).every(({ name }) => latest(observed, name)?.startedAt !== undefined);
  return begun ? 'Running' : 'Pending';
}
