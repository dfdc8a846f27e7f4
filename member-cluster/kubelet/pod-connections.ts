import type { Duplex } from 'node:stream';
import { badRequest, statusError, type StatusError } from '../../src/apimachinery/index.ts';
import type { Pod } from '../../src/apis/index.ts';
import { isRuntimeError, type ContainerRuntime, type ContainerStreams, type ExecCommand } from '../runtime/index.ts';
import { containerMeant } from './pod-logs.ts';

/** A container that runs, for those who want to do something in it. */
export interface RunningContainer {
  /** See `ContainerRuntime`. */
  exec(command: ExecCommand, streams: ContainerStreams, signal: AbortSignal): Promise<number>;
  attach(streams: ContainerStreams, signal: AbortSignal): Promise<number>;
}

/** Rejects with a `StatusError` when it is not clear which one is meant, or when that does not run. */
export async function runningContainer(
  runtime: ContainerRuntime,
  pod: Pod,
  sandboxId: string | undefined,
  name: string | undefined,
): Promise<RunningContainer> {
  const meant = containerMeant(pod, name);
  const containers = sandboxId === undefined ? [] : await runtime.listContainers(sandboxId);
  const running = containers.find(({ metadata, state }) => metadata.name === meant && state === 'RUNNING');
  if (running === undefined) throw notRunning(meant);
  return {
    exec: (command, streams, signal) => told(runtime.exec(running.id, command, streams, signal)),
    attach: (streams, signal) => told(runtime.attach(running.id, streams, signal)),
  };
}

export async function connectToPort(
  runtime: ContainerRuntime,
  pod: Pod,
  sandboxId: string | undefined,
  { port, signal }: { readonly port: number; readonly signal: AbortSignal },
): Promise<Duplex> {
  const { phase = 'Unknown' } = pod.status ?? {};
  if (sandboxId === undefined)
    throw badRequest(`unable to forward port because pod is not running. Current status=${phase}`);
  return runtime.portForward(sandboxId, port, signal);
}

async function told(work: Promise<number>): Promise<number> {
  try {
    return await work;
  } catch (err) {
    if (isRuntimeError(err)) throw internal(`error executing command in container: ${err.message}`, err);
    throw err;
  }
}

function notRunning(name: string): StatusError {
  return internal(`container not found (${JSON.stringify(name)})`);
}

function internal(message: string, cause?: unknown): StatusError {
  return statusError(500, 'InternalError', `Internal error occurred: ${message}`, { cause });
}
