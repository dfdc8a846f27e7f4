import { HEADER_BYTES, rcodes, type Rcode } from '../packet/index.ts';
import type { QueryHeader } from '../server/index.ts';

const RESPONSE = 0x8000;
const AUTHORITATIVE = 0x0400;
const RECURSION_DESIRED = 0x0100;

/** Of a good answer from a zone of ours. */
export const answerFlags = (header: QueryHeader): number => flagsOf(header, 'NOERROR') | AUTHORITATIVE;

/** An answer that says no more than this; with the question, where it could be read. */
export function emptyReply(header: QueryHeader, rcode: Rcode, question: Buffer = Buffer.alloc(0)): Buffer {
  const reply = Buffer.alloc(HEADER_BYTES + question.length);
  reply.writeUInt16BE(header.id, 0);
  reply.writeUInt16BE(flagsOf(header, rcode), 2);
  reply.writeUInt16BE(question.length > 0 ? 1 : 0, 4);
  reply.set(question, HEADER_BYTES);
  return reply;
}

function flagsOf({ opcode, recursionDesired }: QueryHeader, rcode: Rcode): number {
  return RESPONSE | (opcode << 11) | (recursionDesired ? RECURSION_DESIRED : 0) | rcodes[rcode];
}
