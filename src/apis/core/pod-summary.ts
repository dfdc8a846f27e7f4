import { parseTime, shortDuration } from '../../apimachinery/index.ts';
import type { ContainerStatus, Pod } from '../generated/wire-types.ts';

/** What `kubectl get pods` shows of a pod. */
export interface PodSummary {
  readonly ready: number;
  readonly total: number;
  /** A phase, or a better word for it: `ContainerCreating`, `CrashLoopBackOff`, `Init:0/1`, `Terminating`. */
  readonly status: string;
  readonly restarts: number;
  readonly lastRestart: number | undefined;
}

export function podSummary(pod: Pod): PodSummary {
  const init = summariseInit(pod);
  const main = init.status === undefined || isTrue(pod, 'Initialized') ? summariseMain(pod) : undefined;
  const counted = main === undefined ? init.all : [...init.sidecars, ...main.statuses];
  return {
    ready: init.ready + (main?.ready ?? 0),
    total: containerCount(pod),
    status: deletionStatus(pod) ?? main?.status ?? init.status ?? phaseStatus(pod),
    restarts: counted.reduce((sum, { restartCount }) => sum + restartCount, 0),
    lastRestart: lastRestart(counted),
  };
}

export function restartsText({ restarts, lastRestart }: PodSummary, now: number): string {
  if (restarts === 0 || lastRestart === undefined) return String(restarts);
  return `${restarts} (${shortDuration(now - lastRestart)} ago)`;
}

function containerCount(pod: Pod): number {
  return (pod.spec?.containers ?? []).length + sidecarNames(pod).size;
}

function phaseStatus({ status }: Pod): string {
  const gated = status?.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated');
  if (gated === true) return 'SchedulingGated';
  return status?.reason ?? status?.phase ?? '';
}

function deletionStatus({ metadata, status }: Pod): string | undefined {
  if (metadata.deletionTimestamp === undefined) return undefined;
  if (status?.reason === 'NodeLost') return 'Unknown';
  const isFinished = status?.phase === 'Failed' || status?.phase === 'Succeeded';
  return isFinished ? undefined : 'Terminating';
}

function isTrue({ status }: Pod, condition: string): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === condition && value === 'True') === true;
}

/** Init containers that restart always are sidecars: they count like main containers once started. */
function sidecarNames({ spec }: Pod): ReadonlySet<string> {
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return new Set(sidecars.map(({ name }) => name));
}

interface InitSummary {
  readonly all: readonly ContainerStatus[];
  readonly sidecars: readonly ContainerStatus[];
  readonly ready: number;
  /** Absent once all have done their work. */
  readonly status: string | undefined;
}

function summariseInit(pod: Pod): InitSummary {
  const names = sidecarNames(pod);
  const all = pod.status?.initContainerStatuses ?? [];
  const isDone = (container: ContainerStatus) =>
    container.state?.terminated?.exitCode === 0 || (names.has(container.name) && container.started === true);
  const current = all.findIndex((container) => !isDone(container));
  const passed = current < 0 ? all : all.slice(0, current);
  const seen = current < 0 ? all : all.slice(0, current + 1);
  const pending = all[current];
  return {
    all: seen,
    sidecars: seen.filter(({ name }) => names.has(name)),
    ready: passed.filter(({ name, ready, state }) => names.has(name) && ready && state?.terminated === undefined)
      .length,
    status: pending === undefined ? undefined : `Init:${initProblem(pending) ?? initProgress(pod, current)}`,
  };
}

function initProblem({ state }: ContainerStatus): string | undefined {
  if (state?.terminated !== undefined) return terminatedText(state.terminated);
  const waiting = state?.waiting?.reason ?? '';
  return waiting === '' || waiting === 'PodInitializing' ? undefined : waiting;
}

function initProgress({ spec }: Pod, current: number): string {
  return `${current}/${(spec?.initContainers ?? []).length}`;
}

type Terminated = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>;

function terminatedText({ reason = '', signal = 0, exitCode }: Terminated): string {
  if (reason !== '') return reason;
  return signal === 0 ? `ExitCode:${exitCode}` : `Signal:${signal}`;
}

interface MainSummary {
  readonly statuses: readonly ContainerStatus[];
  readonly ready: number;
  readonly status: string | undefined;
}

/** The first container with something to say decides; one that runs makes the rest's completion no news. */
function summariseMain(pod: Pod): MainSummary {
  const statuses = pod.status?.containerStatuses ?? [];
  const ready = statuses.filter((container) => container.ready && container.state?.running !== undefined).length;
  const said = statuses.map(containerText).find((text) => text !== undefined);
  if (said !== 'Completed' || ready === 0) return { statuses, ready, status: said };
  return { statuses, ready, status: isTrue(pod, 'Ready') ? 'Running' : 'NotReady' };
}

function containerText({ state }: ContainerStatus): string | undefined {
  const waiting = state?.waiting?.reason ?? '';
  if (waiting !== '') return waiting;
  return state?.terminated === undefined ? undefined : terminatedText(state.terminated);
}

function lastRestart(containers: readonly ContainerStatus[]): number | undefined {
  const times = containers
    .map(({ lastState }) => parseTime(lastState?.terminated?.finishedAt))
    .filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.max(...times);
}
