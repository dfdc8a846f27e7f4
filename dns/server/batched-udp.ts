import { hostOf, portOf, type MessageBatch, type NativeUdpSocket } from '../udp/index.ts';
import { answerPacket } from './answer-packet.ts';
import { QuickBatches } from './cache/quick-batches.ts';
import type { UdpDeps } from './udp-deps.ts';

/** Many packets at once. */
export async function serveBatches(socket: NativeUdpSocket, deps: UdpDeps, signal: AbortSignal): Promise<void> {
  const send = (answer: Buffer, port: number, address: string) => {
    socket.send(answer, port, address);
  };
  const answering = { ...deps, send };
  const quickly = deps.quick === undefined ? undefined : new QuickBatches(deps.quick, deps.metrics, socket);
  await socket.serve(
    {
      onPacket: (packet, peer) => {
        answerPacket(packet, peer, answering, signal);
      },
      onBatch: (batch, count) => {
        for (let slot = 0; slot < count; slot++) {
          const length = batch.length(slot);
          if (length === 0 || quickly?.answer(batch, slot, length) === true) continue;
          const reply = (answer: Buffer) => {
            batch.reply(slot, answer);
          };
          answerPacket(packetOf(batch, slot, length), peerOf(batch, slot), { ...answering, reply }, signal);
        }
      },
      onLost: (count) => {
        deps.log.debug({ count }, 'dns answers not sent');
      },
    },
    signal,
  );
}

/** A copy: whoever answers may need it longer than the batch does. */
function packetOf(batch: MessageBatch, slot: number, length: number): Buffer {
  const from = batch.offset(slot);
  return Buffer.from(batch.memory.subarray(from, from + length));
}

function peerOf(batch: MessageBatch, slot: number) {
  const peer = batch.peer(slot);
  return { port: portOf(peer), address: hostOf(peer) };
}
