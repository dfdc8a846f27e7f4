import { connect, type Socket } from 'node:net';
import type { Clock } from '../../src/component-base/index.ts';
import type { HostPort } from '../host-ports/index.ts';
import type { Backend } from './proxier.ts';

/** A backend that does not take a connection within this is passed over. */
const CONNECT_MS = 2_000;

interface ConnectDeps {
  readonly clock: Clock;
  readonly hostPort: HostPort;
}

/** The first of the candidates that takes a connection; undefined when none does. */
export async function connectToFirst(
  candidates: readonly Backend[],
  client: string,
  deps: ConnectDeps,
): Promise<{ readonly backend: Backend; readonly socket: Socket } | undefined> {
  for (const backend of candidates) {
    const socket = await connectTo(backend, client, deps);
    if (socket !== undefined) return { backend, socket };
  }
  return undefined;
}

function connectTo(
  { host, port: clusterPort }: Backend,
  client: string,
  { clock, hostPort }: ConnectDeps,
): Promise<Socket | undefined> {
  const { promise, resolve } = Promise.withResolvers<Socket | undefined>();
  const localAddress = sourceFor(client, host);
  const port = hostPort(host, clusterPort);
  const socket = connect({ host, port, allowHalfOpen: true, ...(localAddress === undefined ? {} : { localAddress }) });
  const giveUp = () => {
    socket.destroy();
    resolve(undefined);
  };
  const cancel = clock.after(CONNECT_MS, giveUp);
  socket.once('error', giveUp);
  socket.once('connect', () => {
    cancel();
    socket.removeListener('error', giveUp);
    resolve(socket);
  });
  socket.once('close', cancel);
  return promise;
}

/** The client's own address, where this machine can speak from it: on Linux all of 127.0.0.0/8 is loopback. */
export function sourceFor(client: string, backend: string): string | undefined {
  const usual = '127.0.0.1';
  return client !== usual && client.startsWith('127.') && backend.startsWith('127.') ? client : undefined;
}

/** Everything that one says is said to the other, at the other's pace, each direction until its own end. */
export function splice(a: Socket, b: Socket): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.setNoDelay(true);
    // The other side learns of it as a reset, which is what happened.
    from.on('error', () => to.resetAndDestroy());
    from.pipe(to);
    if (from.destroyed) to.destroy();
  }
}
