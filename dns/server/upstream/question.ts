import { randomInt } from 'node:crypto';
import type { AnyRecordSet, QueryType } from '../../zone/index.ts';
import type { Edns } from '../dns-handler.ts';
import { MAX_UDP_BYTES } from '../encode-reply.ts';
import type { OutgoingQuestion } from './exchange.ts';
import {
  HEADER_BYTES,
  DnsError,
  FormatError,
  OPT,
  PacketReader,
  PacketWriter,
  type Rcode,
  rcodeOf,
  readData,
  typeName,
  typeNumber,
} from '../../packet/index.ts';

const IN = 1;
const RECURSION_DESIRED = 0x0100;

/** What other servers are asked. */
export interface AskedName {
  readonly name: string;
  readonly type: QueryType;
  /** What we say of ourselves; options of a client are not for others. */
  readonly edns: Pick<Edns, 'dnssecOk'> | undefined;
}

export interface ResolvedName {
  readonly rcode: Rcode;
  /** With the CNAMEs on the way. */
  readonly answers: readonly AnyRecordSet[];
  readonly authority: readonly AnyRecordSet[];
}

export function outgoing({ name, type, edns }: AskedName): OutgoingQuestion {
  const scratch = Buffer.alloc(512);
  const writer = new PacketWriter(scratch, scratch.length);
  for (const short of [randomInt(0x10000), RECURSION_DESIRED, 1, 0, 0, edns === undefined ? 0 : 1]) writer.short(short);
  writer.name(name);
  writer.short(typeNumber(type));
  writer.short(IN);
  const questionBytes = writer.at - HEADER_BYTES;
  if (edns !== undefined) {
    writer.byte(0);
    writer.short(OPT);
    writer.short(MAX_UDP_BYTES);
    writer.long(edns.dnssecOk ? 0x8000 : 0);
    writer.short(0);
  }
  return { packet: writer.take(), questionBytes };
}

/** Throws a SERVFAIL on what cannot be read. */
export function parseReply(packet: Buffer): ResolvedName {
  try {
    return read(packet);
  } catch (err) {
    if (!(err instanceof FormatError)) throw err;
    throw new DnsError('SERVFAIL', 'an upstream answer cannot be read', { cause: err });
  }
}

function read(packet: Buffer): ResolvedName {
  const reader = new PacketReader(packet, HEADER_BYTES);
  reader.name();
  reader.slice(4);
  const answers = readSets(reader, packet.readUInt16BE(6));
  const authority = readSets(reader, packet.readUInt16BE(8));
  return { rcode: rcodeOf(packet.readUInt16BE(2) & 0xf), answers, authority };
}

function readSets(reader: PacketReader, records: number): AnyRecordSet[] {
  const sets = new Map<string, AnyRecordSet>();
  for (let record = 0; record < records; record++) {
    const name = reader.name();
    const typeCode = reader.short();
    const recordClass = reader.short();
    const ttlSeconds = reader.long();
    const length = reader.short();
    const item = readData(reader, typeCode, length);
    const type = typeName(typeCode);
    if (recordClass !== IN || type === 'ANY') continue;
    const key = `${type} ${name}`;
    const before = sets.get(key);
    const ttl = Math.min(before?.ttlSeconds ?? ttlSeconds, ttlSeconds);
    sets.set(key, { name, type, ttlSeconds: ttl, data: [...(before?.data ?? []), item] });
  }
  return [...sets.values()];
}
