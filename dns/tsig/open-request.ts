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
      readonly message: Buffer;
      /** Puts what is wrong with the signature at the end of an answer, whose rcode is to be NOTAUTH (RFC 8945 §5.2). */
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
  if (tsig.mac.length < shortest && tsig.mac.length > 0) throw new FormatError('a MAC cut too short');
  const isPart = tsig.mac.length < expected.length && tsig.mac.length > 0;
  if (isPart && sameMac(tsig.mac, expected.subarray(0, tsig.mac.length))) return refused('BADTRUNC', split);
  if (!sameMac(tsig.mac, expected)) return refused('BADSIG', split);
  if (Math.abs(nowSeconds - tsig.timeSeconds) > tsig.fudgeSeconds) return late(key, split, nowSeconds);
  return { kind: 'signed', message, key, replies: new ReplySigner(key, tsig.mac) };
}

const noBytes = Buffer.alloc(0);

function refused(error: TsigErrorName, { message, tsig }: SplitMessage): OpenedRequest {
  const record: TsigRecord = { ...tsig, mac: noBytes, error: tsigErrors[error], other: noBytes };
  return { kind: 'refused', error, message, explain: (reply) => withTsig(reply, record) };
}

/** Signed all the same, and tells our time, so that the client may know by how much it is off. */
function late(key: TsigKey, { message, tsig }: SplitMessage, nowSeconds: number): OpenedRequest {
  const other = Buffer.alloc(6);
  other.writeUIntBE(nowSeconds, 0, 6);
  const record = { ...tsig, fudgeSeconds: FUDGE_SECONDS, error: tsigErrors.BADTIME, other };
  const explain = (reply: Buffer) =>
    withTsig(reply, { ...record, mac: macOf(key, reply, record, { prior: tsig.mac }) });
  return { kind: 'refused', error: 'BADTIME', message, explain };
}
