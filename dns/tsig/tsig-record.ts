import { FormatError, PacketReader, PacketWriter } from '../packet/index.ts';

/** RFC 8945 §4.2. Names are lower case. */
export interface TsigRecord {
  readonly keyName: string;
  readonly algorithm: string;
  /** Since the epoch. */
  readonly timeSeconds: number;
  readonly fudgeSeconds: number;
  readonly mac: Buffer;
  /** Of the message as it was signed; those that pass messages on change the id. */
  readonly originalId: number;
  readonly error: number;
  readonly other: Buffer;
}

const TSIG = 250;
const ANY_CLASS = 255;
const HEADER_BYTES = 12;
const QUESTION_BYTES = 4;
/** Type, class and TTL. */
const FIXED_BYTES = 8;

/** What a message is without its signature, as it was before it was signed. */
export interface SplitMessage {
  readonly message: Buffer;
  readonly tsig: TsigRecord;
}

/** Undefined for an unsigned message. Throws `FormatError` on one that cannot be read or has its TSIG elsewhere than last. */
export function splitTsig(packet: Buffer): SplitMessage | undefined {
  if (packet.length < HEADER_BYTES) throw new FormatError('no header');
  const records = [6, 8, 10].reduce((sum, at) => sum + packet.readUInt16BE(at), 0);
  let at = HEADER_BYTES;
  for (let left = packet.readUInt16BE(4); left > 0; left--) at = afterName(packet, at) + QUESTION_BYTES;
  for (let left = records; left > 0; left--) {
    const from = at;
    at = afterName(packet, at);
    const type = readShort(packet, at);
    at += FIXED_BYTES;
    at += 2 + readShort(packet, at);
    if (type !== TSIG) continue;
    const isLast = left === 1 && at === packet.length && packet.readUInt16BE(10) > 0;
    if (!isLast) throw new FormatError('a TSIG record that is not the last');
    return split(packet, from);
  }
  if (at > packet.length) throw new FormatError('the packet ends too early');
  return undefined;
}

function split(packet: Buffer, from: number): SplitMessage {
  const reader = new PacketReader(packet, from);
  const keyName = reader.name();
  reader.short();
  if (reader.short() !== ANY_CLASS || reader.long() !== 0)
    throw new FormatError('a TSIG record of another class or TTL');
  reader.short();
  const algorithm = reader.name('no pointers');
  const timeSeconds = reader.short() * 2 ** 32 + reader.long();
  const fudgeSeconds = reader.short();
  const mac = reader.slice(reader.short());
  const originalId = reader.short();
  const error = reader.short();
  const other = reader.slice(reader.short());
  if (!reader.done) throw new FormatError('a TSIG record of another length than it says');

  const message = Buffer.from(packet.subarray(0, from));
  message.writeUInt16BE(originalId, 0);
  message.writeUInt16BE(message.readUInt16BE(10) - 1, 10);
  return { message, tsig: { keyName, algorithm, timeSeconds, fudgeSeconds, mac, originalId, error, other } };
}

/** The message with a record more. Names of TSIG records are never compressed. */
export function withTsig(message: Buffer, tsig: TsigRecord): Buffer {
  const packet = Buffer.alloc(message.length + tsigBytes(tsig));
  const writer = new PacketWriter(packet, packet.length);
  writer.bytes(message);
  writer.name(tsig.keyName, false);
  writer.short(TSIG);
  writer.short(ANY_CLASS);
  writer.long(0);
  const lengthAt = writer.at;
  writer.short(0);
  writer.name(tsig.algorithm, false);
  writer.bytes(timeBytes(tsig));
  writer.short(tsig.mac.length);
  writer.bytes(tsig.mac);
  writer.short(tsig.originalId);
  writer.short(tsig.error);
  writer.short(tsig.other.length);
  writer.bytes(tsig.other);
  writer.shortAt(lengthAt, writer.at - lengthAt - 2);
  writer.shortAt(10, message.readUInt16BE(10) + 1);
  return writer.take();
}

/** At most so many bytes are added to a message. */
export function tsigBytes({
  keyName,
  algorithm,
  mac,
  other,
}: Pick<TsigRecord, 'keyName' | 'algorithm' | 'mac' | 'other'>): number {
  return keyName.length + 2 + FIXED_BYTES + 2 + algorithm.length + 2 + 8 + 2 + mac.length + 4 + 2 + other.length;
}

/** Time signed and fudge. */
export function timeBytes({ timeSeconds, fudgeSeconds }: Pick<TsigRecord, 'timeSeconds' | 'fudgeSeconds'>): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUIntBE(timeSeconds, 0, 6);
  bytes.writeUInt16BE(fudgeSeconds, 6);
  return bytes;
}

function afterName(packet: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const length = packet[at];
    if (length === undefined) throw new FormatError('the packet ends too early');
    if (length >= 0xc0) return at + 2;
    if (length > 63) throw new FormatError('a label of unknown kind');
    at += length + 1;
    if (length === 0) return at;
  }
}

function readShort(packet: Buffer, at: number): number {
  if (at + 2 > packet.length) throw new FormatError('the packet ends too early');
  return packet.readUInt16BE(at);
}
