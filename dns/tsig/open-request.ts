import { FUDGE_SECONDS, ReplySigner } from './reply-signer.ts';
import { tsigErrors, type TsigErrorName } from './tsig-error.ts';
import type { TsigKey } from './tsig-key.ts';
import { macOf, sameMac } from './tsig-mac.ts';
import { splitTsig, withTsig, type SplitMessage, type TsigRecord } from './tsig-record.ts';
import { FormatError } from '../packet/index.ts';

export type OpenedRequest =
  | { readonly kind: 'unsigned' }
  | {
      readonly kind: 'signed';
      /** As it was before it was signed. */
      readonly message: Buffer;
      readonly key: TsigKey;
      readonly replies: ReplySigner;
    }
  | {
      readonly kind: 'refused';
      readonly error: TsigErrorName;
      /** Of the answer (RFC 8945 §5.2). */
      readonly rcode: 'NOTAUTH' | 'FORMERR';
      readonly message: Buffer;
      /** Puts what is wrong with the signature at the end of an answer. */
      readonly explain: (reply: Buffer) => Buffer;
    };

/** Checks the signature of a request as RFC 8945 §5.2 says. Throws `FormatError` on a message that cannot be read. */
export function openRequest(packet: Buffer, keys: readonly TsigKey[], nowSeconds: number): OpenedRequest {
  const split = splitTsig(packet);
  if (split === undefined) return { kind: 'unsigned' };
  const { message, tsig } = split;
  const key = keys.find(({ name, algorithm }) => name === tsig.keyName && algorithm === tsig.algorithm);
  if (key === undefined) return refused('BADKEY', split);
  const expected = macOf(key, message, tsig, {});
  const shortest = Math.max(10, expected.length / 2);
  if (tsig.mac.length > expected.length) throw new FormatError('a MAC longer than its algorithm makes');
  if (tsig.mac.length < shortest && tsig.mac.length > 0) return refused('BADSIG', split, 'FORMERR');
  if (!isBeginningOf(tsig.mac, expected)) return refused('BADSIG', split);
  if (tsig.mac.length < expected.length) return refusedSigned('BADTRUNC', key, split, tsig);
  if (Math.abs(nowSeconds - tsig.timeSeconds) > tsig.fudgeSeconds) {
    return refusedSigned('BADTIME', key, split, { ...tsig, other: timeNow(nowSeconds) });
  }
  return { kind: 'signed', message, key, replies: new ReplySigner(key, tsig.mac) };
}

const noBytes = Buffer.alloc(0);

/** All of it, or as much as the other side sent. */
const isBeginningOf = (mac: Buffer, expected: Buffer) =>
  mac.length > 0 && sameMac(mac, expected.subarray(0, mac.length));

function refused(
  error: TsigErrorName,
  { message, tsig }: SplitMessage,
  rcode: 'NOTAUTH' | 'FORMERR' = 'NOTAUTH',
): OpenedRequest {
  const record: TsigRecord = { ...tsig, mac: noBytes, error: tsigErrors[error], other: noBytes };
  return { kind: 'refused', error, rcode, message, explain: (reply) => withTsig(reply, record) };
}

/** The other side has the key: what it is told is signed. */
function refusedSigned(error: TsigErrorName, key: TsigKey, { message }: SplitMessage, tsig: TsigRecord): OpenedRequest {
  const record = { ...tsig, fudgeSeconds: FUDGE_SECONDS, error: tsigErrors[error] };
  const explain = (reply: Buffer) =>
    withTsig(reply, { ...record, mac: macOf(key, reply, record, { prior: tsig.mac }) });
  return { kind: 'refused', error, rcode: 'NOTAUTH', message, explain };
}

/** For the client to know by how much it is off. */
function timeNow(nowSeconds: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUIntBE(nowSeconds, 0, 6);
  return bytes;
}
