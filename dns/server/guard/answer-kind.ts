import { HEADER_BYTES, rcodes } from '../../packet/index.ts';

export type AnswerKind = 'answer' | 'referral' | 'nodata' | 'nxdomain' | 'error';

export interface AnswerAccount {
  readonly kind: AnswerKind;
  readonly number: number;
  /** Where the name ends that has an account of its own; at the header's end where all names share one. */
  readonly nameEnd: number;
}

const AUTHORITATIVE = 0x0400;

/** What an answer of ours counts as. Names that are not there, and errors, differ at no cost: they share one account. */
export function kindOf(answer: Buffer): AnswerAccount {
  const flags = answer.readUInt16BE(2);
  const rcode = flags & 0xf;
  if (rcode === rcodes.NXDOMAIN) return { kind: 'nxdomain', number: 3, nameEnd: HEADER_BYTES };
  if (rcode !== rcodes.NOERROR) return { kind: 'error', number: 4, nameEnd: HEADER_BYTES };
  if (answer.readUInt16BE(6) > 0) return { kind: 'answer', number: 0, nameEnd: questionNameEnd(answer) };
  if ((flags & AUTHORITATIVE) === 0) return { kind: 'referral', number: 1, nameEnd: HEADER_BYTES };
  return { kind: 'nodata', number: 2, nameEnd: questionNameEnd(answer) };
}

/** Where the name of the question of an answer of ours ends; the end of the header where there is none. */
export function questionNameEnd(answer: Buffer): number {
  if (answer.readUInt16BE(4) === 0) return HEADER_BYTES;
  let at = HEADER_BYTES;
  for (let length = answer[at] ?? 0; length > 0; length = answer[at] ?? 0) at += length + 1;
  return at + 1;
}
