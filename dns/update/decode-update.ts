import { FormatError, HEADER_BYTES, PacketReader, readData, typeName } from '../packet/index.ts';
import type { QueryType } from '../zone/index.ts';

/** A record of an update, which means what its class and type say (RFC 2136 §2.4, §2.5). */
export interface UpdateRecord {
  readonly name: string;
  readonly type: QueryType;
  readonly class: number;
  readonly ttlSeconds: number;
  /** In presentation form; absent where the record has none. */
  readonly item: string | undefined;
}

export interface UpdateRequest {
  readonly id: number;
  readonly zone: string;
  readonly zoneClass: number;
  readonly prerequisites: readonly UpdateRecord[];
  readonly updates: readonly UpdateRecord[];
}

const SOA = 6;

/** Throws `FormatError` on what is no update message; what its records mean is not looked into. */
export function decodeUpdate(packet: Buffer): UpdateRequest {
  if (packet.length < HEADER_BYTES) throw new FormatError('no header');
  if (packet.readUInt16BE(4) !== 1) throw new FormatError('not exactly one zone');
  const reader = new PacketReader(packet, HEADER_BYTES);
  const zone = reader.name('no pointers');
  if (reader.short() !== SOA) throw new FormatError('a zone is named by its SOA');
  const zoneClass = reader.short();
  const prerequisites = readRecords(reader, packet.readUInt16BE(6));
  const updates = readRecords(reader, packet.readUInt16BE(8));
  // Others may add what they like, but not garbage.
  readRecords(reader, packet.readUInt16BE(10), 'skip data');
  if (!reader.done) throw new FormatError('bytes after the last record');
  return { id: packet.readUInt16BE(0), zone, zoneClass, prerequisites, updates };
}

function readRecords(reader: PacketReader, count: number, data?: 'skip data'): UpdateRecord[] {
  return Array.from({ length: count }, () => readRecord(reader, data));
}

function readRecord(reader: PacketReader, data: 'skip data' | undefined): UpdateRecord {
  const name = reader.name();
  const type = reader.short();
  const recordClass = reader.short();
  const ttlSeconds = reader.long();
  const length = reader.short();
  if (data === 'skip data') reader.slice(length);
  const item = data === 'skip data' || length === 0 ? undefined : readData(reader, type, length);
  return { name, type: typeName(type), class: recordClass, ttlSeconds, item };
}
