import { createHmac, timingSafeEqual } from 'node:crypto';
import { PacketWriter } from '../packet/index.ts';
import { hashOf, type TsigKey } from './tsig-key.ts';
import { timeBytes, type TsigRecord } from './tsig-record.ts';

/** What a signature covers beside the message itself. */
export interface MacContext {
  /** Of the request whose answer this is, or of the message before in a stream of them. */
  readonly prior?: Buffer;
  /** Later messages of a stream say only when they were signed (RFC 8945 §5.3.1). */
  readonly timersOnly?: boolean;
  /** Messages before this one that were not signed. */
  readonly unsigned?: readonly Buffer[];
}

/** RFC 8945 §4.3.3. */
export function macOf(
  key: TsigKey,
  message: Buffer,
  tsig: Omit<TsigRecord, 'mac'>,
  { prior, timersOnly = false, unsigned = [] }: MacContext,
): Buffer {
  const hmac = createHmac(hashOf(key.algorithm), key.secret);
  if (prior !== undefined) hmac.update(shortBytes(prior.length)).update(prior);
  for (const before of unsigned) hmac.update(before);
  hmac.update(message);
  return hmac.update(timersOnly ? timeBytes(tsig) : variablesOf(tsig)).digest();
}

/** A MAC cut short is never the same. */
export const sameMac = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

/** Two names of at most 255 bytes. */
const MAX_VARIABLES_BYTES = 1024;

function variablesOf(tsig: Omit<TsigRecord, 'mac'>): Buffer {
  const writer = new PacketWriter(Buffer.alloc(MAX_VARIABLES_BYTES), MAX_VARIABLES_BYTES);
  writer.name(tsig.keyName, false);
  writer.short(255);
  writer.long(0);
  writer.name(tsig.algorithm, false);
  writer.bytes(timeBytes(tsig));
  writer.short(tsig.error);
  writer.short(tsig.other.length);
  writer.bytes(tsig.other);
  return writer.take();
}

function shortBytes(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
