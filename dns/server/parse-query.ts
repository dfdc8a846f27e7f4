import type { DnsQuery } from './dns-handler.ts';
import { FormatError, PacketReader } from './packet-reader.ts';
import { OPT, typeName } from './query-type.ts';
import type { Rcode } from './rcode.ts';

export const HEADER_BYTES = 12;

/** What of a packet the header of its answer repeats. */
export interface QueryHeader {
  readonly id: number;
  readonly opcode: number;
  readonly recursionDesired: boolean;
  readonly checkingDisabled: boolean;
}

export type ParsedPacket =
  /** Nothing to answer: not even a header, or itself an answer. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'rejected'; readonly header: QueryHeader; readonly rcode: Rcode }
  | {
      readonly kind: 'query';
      readonly header: QueryHeader;
      readonly query: DnsQuery;
      /** The question section byte for byte, to be given back so (clients vary the case of names as a check). */
      readonly question: Buffer;
    };

export interface Source {
  readonly transport: 'udp' | 'tcp';
  readonly client: string;
}

const QUERY = 0;

/** Understands a query. Never throws. */
export function parseQuery(packet: Buffer, source: Source): ParsedPacket {
  if (packet.length < HEADER_BYTES) return { kind: 'ignored' };
  const flags = packet.readUInt16BE(2);
  if ((flags & 0x8000) !== 0) return { kind: 'ignored' };
  const header: QueryHeader = {
    id: packet.readUInt16BE(0),
    opcode: (flags >> 11) & 0xf,
    recursionDesired: (flags & 0x0100) !== 0,
    checkingDisabled: (flags & 0x0010) !== 0,
  };
  if (header.opcode !== QUERY) return { kind: 'rejected', header, rcode: 'NOTIMP' };
  try {
    return parseBody(packet, header, source);
  } catch (err) {
    if (err instanceof FormatError) return { kind: 'rejected', header, rcode: 'FORMERR' };
    throw err;
  }
}

function parseBody(packet: Buffer, header: QueryHeader, source: Source): ParsedPacket {
  if (packet.readUInt16BE(4) !== 1) throw new FormatError('not exactly one question');
  const reader = new PacketReader(packet, HEADER_BYTES);
  const name = reader.name('no pointers');
  const type = typeName(reader.short());
  const queryClass = reader.short();
  const question = packet.subarray(HEADER_BYTES, reader.at);

  const others = packet.readUInt16BE(6) + packet.readUInt16BE(8);
  for (let record = 0; record < others; record++) skipRecord(reader);
  const edns = readEdns(reader, packet.readUInt16BE(10));
  if (!reader.done) throw new FormatError('bytes after the last record');

  const { recursionDesired } = header;
  return {
    kind: 'query',
    header,
    question,
    query: { name, type, class: queryClass, recursionDesired, edns, ...source },
  };
}

function readEdns(reader: PacketReader, records: number): DnsQuery['edns'] {
  let edns: DnsQuery['edns'];
  for (let record = 0; record < records; record++) {
    const name = reader.name();
    const type = reader.short();
    const udpSize = reader.short();
    const ttl = reader.long();
    reader.slice(reader.short());
    if (type !== OPT) continue;
    // RFC 6891 §6.1.1
    if (edns !== undefined || name !== '') throw new FormatError('one OPT record at the root, no more');
    edns = { version: (ttl >>> 16) & 0xff, udpSize, dnssecOk: (ttl & 0x8000) !== 0 };
  }
  return edns;
}

function skipRecord(reader: PacketReader): void {
  reader.name();
  reader.slice(8);
  reader.slice(reader.short());
}
