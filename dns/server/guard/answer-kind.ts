import { HEADER_BYTES, rcodes } from '../../packet/index.ts';

export type AnswerKind = 'answer' | 'referral' | 'nodata' | 'nxdomain' | 'error';

/** An answer of ours as far as a limit looks at it. */
export interface AnswerSummary {
  readonly flags: number;
  /** Records in its answer section. */
  readonly answers: number;
  /** The name of its question, in wire form, from where to where it stands in `bytes`. */
  readonly name: NameBytes;
}

export interface NameBytes {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

export interface AnswerAccount {
  readonly kind: AnswerKind;
  readonly number: number;
  /** Each name has an account of its own; all names share one otherwise. */
  readonly byName: boolean;
}

const AUTHORITATIVE = 0x0400;

const accounts = {
  answer: { kind: 'answer', number: 0, byName: true },
  referral: { kind: 'referral', number: 1, byName: false },
  nodata: { kind: 'nodata', number: 2, byName: true },
  nxdomain: { kind: 'nxdomain', number: 3, byName: false },
  error: { kind: 'error', number: 4, byName: false },
} as const satisfies Record<AnswerKind, AnswerAccount>;

/** What an answer counts as. Names that are not there, and errors, differ at no cost: they share one account. */
export function accountOf({ flags, answers }: AnswerSummary): AnswerAccount {
  const rcode = flags & 0xf;
  if (rcode === rcodes.NXDOMAIN) return accounts.nxdomain;
  if (rcode !== rcodes.NOERROR) return accounts.error;
  if (answers > 0) return accounts.answer;
  return (flags & AUTHORITATIVE) === 0 ? accounts.referral : accounts.nodata;
}

export function summaryOf(answer: Buffer): AnswerSummary {
  return {
    flags: answer.readUInt16BE(2),
    answers: answer.readUInt16BE(6),
    name: { bytes: answer, from: HEADER_BYTES, to: questionNameEnd(answer) },
  };
}

/** Where the name of the question of an answer of ours ends; the end of the header where there is none. */
export function questionNameEnd(answer: Buffer): number {
  if (answer.readUInt16BE(4) === 0) return HEADER_BYTES;
  let at = HEADER_BYTES;
  for (let length = answer[at] ?? 0; length > 0; length = answer[at] ?? 0) at += length + 1;
  return at + 1;
}
