import type { ParsedPacket } from './parse-query.ts';
import { HEADER_BYTES, DnsError } from '../packet/index.ts';

const TRUNCATED = 0x0200;

/** Another server's answer as an answer to this question; only header and question when it is larger than `limit`. */
export function relayReply(
  reply: Uint8Array,
  context: Extract<ParsedPacket, { kind: 'query' }>,
  limit: number,
): Buffer {
  const { header, question } = context;
  const end = HEADER_BYTES + question.length;
  if (reply.length < end) throw new DnsError('SERVFAIL', 'the answer of another server is too short');

  const fits = reply.length <= limit;
  const packet = Buffer.from(fits ? reply : reply.subarray(0, end));
  packet.writeUInt16BE(header.id, 0);
  packet.set(question, HEADER_BYTES);
  if (fits) return packet;
  packet.writeUInt16BE(packet.readUInt16BE(2) | TRUNCATED, 2);
  packet.fill(0, 6, HEADER_BYTES);
  return packet;
}
