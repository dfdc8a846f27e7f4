import { FormatError, HEADER_BYTES, PacketReader, PacketWriter, readData, typeName } from '../../packet/index.ts';
import type { QueryType } from '../../zone/index.ts';

const IN = 1;
const MAX_QUESTION_BYTES = 512;
const RESPONSE = 0x8000;

/** A record as a server tells it; names are lower case. */
export interface ToldRecord {
  readonly name: string;
  readonly type: QueryType;
  readonly ttlSeconds: number;
  readonly item: string;
}

export interface ToldAnswer {
  readonly id: number;
  /** Of the header: extended ones are not asked for. */
  readonly rcode: number;
  readonly isAuthoritative: boolean;
  readonly records: readonly ToldRecord[];
}

export function encodeQuestion(id: number, name: string, typeNumber: number): Buffer {
  const writer = new PacketWriter(Buffer.allocUnsafe(MAX_QUESTION_BYTES), MAX_QUESTION_BYTES);
  for (const short of [id, 0, 1, 0, 0, 0]) writer.short(short);
  writer.name(name);
  writer.short(typeNumber);
  writer.short(IN);
  return writer.take();
}

/** The answer section; what comes after it is left unread. Throws `FormatError`. */
export function readAnswer(message: Buffer): ToldAnswer {
  if (message.length < HEADER_BYTES) throw new FormatError('no header');
  const flags = message.readUInt16BE(2);
  if ((flags & RESPONSE) === 0) throw new FormatError('a request in place of an answer');
  const reader = new PacketReader(message, HEADER_BYTES);
  for (let left = message.readUInt16BE(4); left > 0; left--) {
    reader.name();
    reader.slice(4);
  }
  const records = Array.from({ length: message.readUInt16BE(6) }, () => readRecord(reader));
  return { id: message.readUInt16BE(0), rcode: flags & 0xf, isAuthoritative: (flags & 0x0400) !== 0, records };
}

function readRecord(reader: PacketReader): ToldRecord {
  const name = reader.name();
  const typeNumber = reader.short();
  reader.short();
  const ttlSeconds = reader.long();
  const length = reader.short();
  return { name, type: typeName(typeNumber), ttlSeconds, item: readData(reader, typeNumber, length) };
}
