import { createServer, type Server } from 'node:net';
import { ListenError } from './listen-error.ts';
import type { TcpDeps, TcpOptions } from './tcp-connection.ts';
import { TcpConnections, type ConnectionLimits } from './tcp-connections.ts';

export async function bindTcp(host: string, port: number): Promise<Server> {
  // Clients may end their side and still want the answers.
  const server = createServer({ allowHalfOpen: true });
  const bound = Promise.withResolvers<undefined>();
  server.once('error', bound.reject);
  server.listen({ host, port, exclusive: true }, () => {
    bound.resolve(undefined);
  });
  try {
    await bound.promise;
  } catch (err) {
    throw new ListenError('tcp', host, port, err);
  }
  server.removeListener('error', bound.reject);
  return server;
}

/** Answers until `signal` aborts; rejects when the listener fails. */
export async function serveTcp(
  server: Server,
  deps: TcpDeps,
  options: TcpOptions & ConnectionLimits,
  signal: AbortSignal,
): Promise<void> {
  const ended = Promise.withResolvers<undefined>();
  const onAbort = () => {
    ended.resolve(undefined);
  };
  const connections = new TcpConnections(deps, options);
  server.on('error', ended.reject);
  server.on('connection', (socket) => {
    connections.accept(socket, signal);
  });
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    await ended.promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await closeTcp(server);
  }
}

async function closeTcp(server: Server): Promise<void> {
  const closed = Promise.withResolvers<undefined>();
  server.close(() => {
    closed.resolve(undefined);
  });
  await closed.promise;
}
