import { HEADER_BYTES, OPT } from '../../packet/index.ts';
import { questionNameEnd } from './answer-kind.ts';

const TRUNCATED = 0x0200;
const TYPE_AND_CLASS_BYTES = 4;
const OPT_BYTES = 11;
const UDP_BYTES = 1232;

/** Nothing of an answer of ours but the question, and that there is more by TCP: never longer than what was asked. */
export function truncatedAnswer(answer: Buffer): Buffer {
  const asked = answer.readUInt16BE(4) > 0;
  const end = asked ? questionNameEnd(answer) + TYPE_AND_CLASS_BYTES : HEADER_BYTES;
  // Its OPT record is the last of ours, where there are any.
  const withOpt = answer.readUInt16BE(10) > 0;
  const packet = Buffer.alloc(end + (withOpt ? OPT_BYTES : 0));
  answer.copy(packet, 0, 0, end);
  packet.writeUInt16BE(packet.readUInt16BE(2) | TRUNCATED, 2);
  packet.fill(0, 6, HEADER_BYTES);
  if (!withOpt) return packet;
  packet.writeUInt16BE(1, 10);
  packet.writeUInt16BE(OPT, end + 1);
  packet.writeUInt16BE(UDP_BYTES, end + 3);
  return packet;
}
