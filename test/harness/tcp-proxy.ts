import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { systemClock } from '../../src/component-base/index.ts';

/**
 * `cut`: connections break and nobody listens. `silent`: nothing gets through any more, either way, and nobody is told.
 * `one-way`: what clients send arrives, and nothing comes back.
 */
export type ProxyLine = 'up' | 'cut' | 'silent' | 'one-way';

export interface TcpProxy extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  set(line: ProxyLine): Promise<void>;
  /** How long each piece takes, and which part of them has to be sent twice, which takes half a second more. */
  disturb(disturbance: { readonly delayMs?: number; readonly loss?: number }): void;
}

const RESEND_MS = 500;

/** A line between two parties that can be made as bad as lines get. */
export async function startTcpProxy(
  target: { readonly host: string; readonly port: number },
  at: { readonly host?: string; readonly port?: number } = {},
): Promise<TcpProxy> {
  const host = at.host ?? '127.0.0.1';
  const state = { line: 'up' as ProxyLine, delayMs: 0, loss: 0, pieces: 0 };
  const sockets = new Set<Socket>();
  const held = new Set<() => void>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    // Whoever ends a connection does it for both sides.
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    return socket;
  };
  const passes = (toClient: boolean) => state.line === 'up' || (state.line === 'one-way' && !toClient);
  const delayMs = () => {
    state.pieces += 1;
    const isLost =
      state.loss > 0 && Math.floor(state.pieces * state.loss) > Math.floor((state.pieces - 1) * state.loss);
    return state.delayMs + (isLost ? RESEND_MS : 0);
  };
  const travel = async (toClient: boolean) => {
    await systemClock.sleep(delayMs());
    while (!passes(toClient)) await new Promise<void>((resolve) => held.add(resolve));
  };
  const pump = async (from: Readable, to: Writable, toClient: boolean) => {
    try {
      // Each direction ends by itself. @NOTE a socket without an encoding reads buffers.
      for await (const piece of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        await travel(toClient);
        to.write(piece);
      }
      await travel(toClient);
      to.end();
    } catch {
      // The connection broke; so does its other half.
      to.destroy();
    }
  };
  const accept = (client: Socket) => {
    const server = keep(connect(target));
    keep(client);
    void pump(client, server, false);
    void pump(server, client, true);
    client.on('close', () => server.destroy());
    server.on('close', (hadError) => {
      if (hadError) client.resetAndDestroy();
    });
  };
  const listen = async (port: number): Promise<Server> => {
    const server = createServer({ allowHalfOpen: true }, accept);
    server.listen(port, host);
    await once(server, 'listening');
    return server;
  };
  const release = () => {
    for (const resume of held) resume();
    held.clear();
  };
  let server: Server | undefined = await listen(at.port ?? 0);
  // @NOTE a server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    const closing = server;
    server = undefined;
    for (const socket of sockets) socket.resetAndDestroy();
    if (closing === undefined) return;
    const closed = once(closing, 'close');
    closing.close();
    await closed;
  };
  return {
    host,
    port,
    set: async (line) => {
      state.line = line;
      if (line === 'cut') await close();
      else server ??= await listen(port);
      release();
    },
    disturb: ({ delayMs: nextDelayMs = 0, loss = 0 }) => {
      Object.assign(state, { delayMs: nextDelayMs, loss });
    },
    [Symbol.asyncDispose]: async () => {
      state.line = 'up';
      release();
      await close();
    },
  };
}
