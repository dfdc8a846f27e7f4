import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { answerPacket } from './answer-packet.ts';
import { QuickPackets } from './cache/quick-packets.ts';
import type { UdpDeps } from './udp-deps.ts';

export interface PortableUdpOptions {
  readonly host: string;
  readonly port: number;
  readonly receiveBufferBytes: number;
  readonly reusePort: boolean;
}

export async function bindPortable(options: PortableUdpOptions): Promise<Socket> {
  const { host, port, receiveBufferBytes, reusePort } = options;
  const family = isIPv6(host) ? 6 : 4;
  const socket = createSocket({
    reusePort,
    type: family === 6 ? 'udp6' : 'udp4',
    recvBufferSize: receiveBufferBytes,
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
    throw err;
  }
  socket.removeListener('error', bound.reject);
  return socket;
}

/** Packet by packet, as Node does. */
export async function servePortable(socket: Socket, deps: UdpDeps, signal: AbortSignal): Promise<void> {
  const ended = Promise.withResolvers<undefined>();
  const onAbort = () => {
    ended.resolve(undefined);
  };
  // Nobody waits for a packet to be sent: who does not get it asks again.
  const send = (answer: Buffer, port: number, address: string) => {
    socket.send(answer, port, address);
  };
  const answering = { ...deps, send };
  const quickly = deps.quick === undefined ? undefined : new QuickPackets(deps.quick, deps.metrics);
  socket.on('error', ended.reject);
  socket.on('message', (packet, peer) => {
    const { address, port } = peer;
    // What could not be sent at once is sent later from where it stands.
    if (socket.getSendQueueCount() > 0) quickly?.leave();
    const answer = port === 0 ? undefined : quickly?.answer(packet, address);
    if (answer === undefined) answerPacket(packet, peer, answering, signal);
    else socket.send(answer, port, address);
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
