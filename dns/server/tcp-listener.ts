import { createServer, type Server } from 'node:net';
import { ListenError } from './listen-error.ts';
import { TcpConnection, type TcpDeps, type TcpOptions } from './tcp-connection.ts';

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

export interface TcpListenerOptions extends TcpOptions {
  /** Connections beyond this are closed as they come. */
  readonly maxConnections: number;
}

/** Answers until `signal` aborts; rejects when the listener fails. */
export async function serveTcp(
  server: Server,
  deps: TcpDeps,
  options: TcpListenerOptions,
  signal: AbortSignal,
): Promise<void> {
  const ended = Promise.withResolvers<undefined>();
  const onAbort = () => {
    ended.resolve(undefined);
  };
  server.maxConnections = options.maxConnections;
  server.on('error', ended.reject);
  server.on('connection', (socket) => {
    new TcpConnection(socket, deps, options).serve(signal);
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
