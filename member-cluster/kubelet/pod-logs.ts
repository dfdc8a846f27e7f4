import { badRequest, formatTime, type StatusError } from '../../src/apimachinery/index.ts';
import type { Pod } from '../../src/apis/index.ts';
import type { ContainerLogEntry, ContainerRuntime, ContainerStatus } from '../runtime/index.ts';
import { allContainersOf, containersOf, ephemeralContainersOf, initContainersOf, toldOf } from './observed-pod.ts';

/** The query of `pods/log`, understood. */
export interface PodLogOptions {
  readonly signal: AbortSignal;
  readonly container?: string;
  readonly follow?: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  /** RFC 3339. */
  readonly sinceTime?: string;
  readonly timestamps?: boolean;
  readonly limitBytes?: number;
  /** Of the container that ended before the present one. */
  readonly previous?: boolean;
}

/** The container meant; 400 when that is not clear. */
export function containerMeant(pod: Pod, name: string | undefined): string {
  const names = allContainersOf(pod).map((container) => container.name);
  const podName = pod.metadata.name ?? '';
  if (name !== undefined && name !== '') {
    if (names.includes(name)) return name;
    throw badRequest(`container ${name} is not valid for pod ${podName}`);
  }
  const [only] = names;
  if (names.length === 1 && only !== undefined) return only;
  const [first] = containersOf(pod);
  const choice = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  if (choice !== undefined && names.includes(choice)) return choice;
  if (containersOf(pod).length === 1 && first !== undefined) return first.name;
  throw noContainerNamed(pod);
}

function noContainerNamed(pod: Pod): StatusError {
  const podName = pod.metadata.name ?? '';
  const choices = [
    `choose one of: [${namesOf(containersOf(pod))}]`,
    ...othersOf('init', initContainersOf(pod)),
    ...othersOf('ephemeral', ephemeralContainersOf(pod)),
  ];
  return badRequest(`a container name must be specified for pod ${podName}, ${choices.join(' or one of the ')}`);
}

function othersOf(what: string, containers: readonly Named[]): readonly string[] {
  return containers.length === 0 ? [] : [`${what} containers: [${namesOf(containers)}]`];
}

interface Named {
  readonly name: string;
}

function namesOf(containers: readonly Named[]): string {
  return containers.map(({ name }) => name).join(' ');
}

/** The attempt meant; 400 when it has not begun. */
export function logAttempt(
  pod: Pod,
  name: string,
  attempts: readonly ContainerStatus[],
  previous: boolean,
): ContainerStatus {
  const begun = attempts.filter(({ startedAt }) => startedAt !== undefined);
  const podName = pod.metadata.name ?? '';
  const meant = previous ? begun.findLast((attempt) => attempt !== begun.at(-1)) : begun.at(-1);
  if (meant !== undefined) return meant;
  throw badRequest(
    previous
      ? `previous terminated container "${name}" in pod "${podName}" not found`
      : `container "${name}" in pod "${podName}" is waiting to start: ${waitingReason(pod, name)}`,
  );
}

function waitingReason(pod: Pod, name: string): string {
  return toldOf(pod, name)?.state?.waiting?.reason ?? 'ContainerCreating';
}

/** The text, a line at a time. */
export async function* logText(
  runtime: ContainerRuntime,
  id: string,
  { signal, follow = false, tailLines, timestamps = false, limitBytes, ...options }: PodLogOptions,
  now: number,
): AsyncGenerator<string> {
  const { sinceSeconds, sinceTime } = options;
  const since = sinceTime === undefined ? now - (sinceSeconds ?? Infinity) * 1000 : Date.parse(sinceTime);
  const entries = runtime.containerLogs(id, {
    signal,
    follow,
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(Number.isFinite(since) ? { since } : {}),
  });
  let left = limitBytes ?? Infinity;
  for await (const entry of entries) {
    const line = lineOf(entry, timestamps);
    const size = Buffer.byteLength(line);
    yield size <= left ? line : Buffer.from(line).subarray(0, left).toString();
    left -= size;
    if (left <= 0) return;
  }
}

function lineOf({ at, line }: ContainerLogEntry, timestamps: boolean): string {
  if (!timestamps) return `${line}\n`;
  const fraction = String(at % 1000).padStart(3, '0');
  return `${formatTime(at).replace('Z', `.${fraction}000000Z`)} ${line}\n`;
}
