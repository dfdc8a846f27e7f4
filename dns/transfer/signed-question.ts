import { HEADER_BYTES, OPT, PacketReader } from '../packet/index.ts';

const MIN_UDP_BYTES = 512;
const MAX_UDP_BYTES = 1232;
const TRUNCATED = 0x0200;

/** A question as it is asked without its signature, and how large its answer may be with one. */
export interface RoomySignedQuestion {
  readonly packet: Buffer;
  readonly limitBytes: number;
}

/** Asks over UDP for an answer that leaves room for a signature of `signatureBytes`. Throws `FormatError`. */
export function withRoom(message: Buffer, signatureBytes: number): RoomySignedQuestion {
  const at = udpSizeAt(message);
  if (at === undefined) return { packet: message, limitBytes: MIN_UDP_BYTES };
  const limitBytes = Math.min(Math.max(message.readUInt16BE(at), MIN_UDP_BYTES), MAX_UDP_BYTES);
  const packet = Buffer.from(message);
  packet.writeUInt16BE(Math.max(limitBytes - signatureBytes, MIN_UDP_BYTES), at);
  return { packet, limitBytes };
}

/** The answer as it is, or the beginning of it where there is no room for all. */
export function cutShort(reply: Buffer, room: number): Buffer {
  if (reply.length <= room) return reply;
  const reader = new PacketReader(reply, HEADER_BYTES);
  reader.name();
  reader.slice(4);
  const cut = Buffer.from(reply.subarray(0, reader.at));
  cut.writeUInt16BE(cut.readUInt16BE(2) | TRUNCATED, 2);
  cut.fill(0, 6, HEADER_BYTES);
  return cut;
}

/** Where the OPT record says how much the client takes. */
function udpSizeAt(message: Buffer): number | undefined {
  const reader = new PacketReader(message, HEADER_BYTES);
  for (let left = message.readUInt16BE(4); left > 0; left--) {
    reader.name();
    reader.slice(4);
  }
  for (let left = [6, 8, 10].reduce((sum, at) => sum + message.readUInt16BE(at), 0); left > 0; left--) {
    reader.name();
    if (reader.short() === OPT) return reader.at;
    reader.slice(6);
    reader.slice(reader.short());
  }
  return undefined;
}
