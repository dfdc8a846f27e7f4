import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Logger } from '../../src/component-base/index.ts';
import { ListenError } from './listen-error.ts';
import type { Responder } from './responder.ts';

/** Room for a burst of some thousand questions; the system may give less. */
const RECEIVE_BUFFER_BYTES = 1 << 20;

export async function bindUdp(host: string, port: number): Promise<Socket> {
  const family = isIPv6(host) ? 6 : 4;
  const socket = createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    recvBufferSize: RECEIVE_BUFFER_BYTES,
    // Peers are addresses already; the default look-up costs a turn of the event loop for each answer.
    lookup: (address, _options, done) => {
      done(null, address, family);
    },
  });
  const bound = Promise.withResolvers<undefined>();
  socket.once('error', bound.reject);
  socket.bind({ address: host, port }, () => {
    bound.resolve(undefined);
  });
  try {
    await bound.promise;
  } catch (err) {
    socket.close();
    throw new ListenError('udp', host, port, err);
  }
  socket.removeListener('error', bound.reject);
  return socket;
}

export interface ServeDeps {
  readonly respond: Responder;
  readonly log: Logger;
}

/** Answers until `signal` aborts; rejects when the socket fails. */
export async function serveUdp(socket: Socket, { respond, log }: ServeDeps, signal: AbortSignal): Promise<void> {
  const ended = Promise.withResolvers<undefined>();
  const onSent = (err: Error | null) => {
    if (err !== null && !signal.aborted) log.debug({ err }, 'dns answer not sent');
  };
  const onAbort = () => {
    ended.resolve(undefined);
  };
  socket.on('error', ended.reject);
  socket.on('message', (packet, { address, port }) => {
    // Forged: nothing can be sent to port 0.
    if (port === 0) return;
    const answer = respond(packet, { transport: 'udp', client: address }, signal);
    if (answer === undefined) return;
    if (!(answer instanceof Promise)) {
      socket.send(answer, port, address, onSent);
      return;
    }
    answer.then(
      (later) => {
        if (later !== undefined && !signal.aborted) socket.send(later, port, address, onSent);
      },
      (err: unknown) => {
        log.error({ err }, 'dns answer not made');
      },
    );
  });
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    await ended.promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    const closed = Promise.withResolvers<undefined>();
    socket.close(() => {
      closed.resolve(undefined);
    });
    await closed.promise;
  }
}
