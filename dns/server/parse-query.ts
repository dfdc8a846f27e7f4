import {
  AXFR,
  FormatError,
  HEADER_BYTES,
  IXFR,
  OPT,
  PacketReader,
  TSIG,
  typeName,
  type Rcode,
} from '../packet/index.ts';
import type { DnsQuery, Edns } from './dns-handler.ts';
import { optionCodes, optionData, readOptions } from './edns/edns-option.ts';

/** What of a packet the header of its answer repeats. */
export interface QueryHeader {
  readonly id: number;
  readonly opcode: number;
  readonly recursionDesired: boolean;
  readonly checkingDisabled: boolean;
}

/** What could be read of a packet that is refused. */
export interface Salvaged {
  readonly question?: Buffer;
  readonly edns?: Edns;
}

export type ParsedPacket =
  /** Nothing to answer: not even a header, or itself an answer. */
  | { readonly kind: 'ignored' }
  | ({ readonly kind: 'rejected'; readonly header: QueryHeader; readonly rcode: Rcode } & Salvaged)
  /** No question, only a cookie to be had (RFC 7873 §5.4). */
  | { readonly kind: 'cookie'; readonly header: QueryHeader; readonly edns: Edns }
  /** For a `MessageHandler`. */
  | { readonly kind: 'message'; readonly header: QueryHeader; readonly questionType: number | undefined }
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
  /** TCP: sends a message before the answer; resolves when there is room for more, rejects when the client is gone. */
  readonly more?: (message: Buffer) => Promise<void>;
}

const QUERY = 0;

/** Understands a query. Never throws. `messages` are the opcodes that a `MessageHandler` takes, where there is one. */
export function parseQuery(packet: Buffer, source: Source, messages?: ReadonlySet<number>): ParsedPacket {
  if (packet.length < HEADER_BYTES) return { kind: 'ignored' };
  const flags = packet.readUInt16BE(2);
  if ((flags & 0x8000) !== 0) return { kind: 'ignored' };
  const header: QueryHeader = {
    id: packet.readUInt16BE(0),
    opcode: (flags >> 11) & 0xf,
    recursionDesired: (flags & 0x0100) !== 0,
    checkingDisabled: (flags & 0x0010) !== 0,
  };
  if (header.opcode !== QUERY) {
    if (messages?.has(header.opcode) === true) return { kind: 'message', header, questionType: undefined };
    return { kind: 'rejected', header, rcode: 'NOTIMP', ...salvage(packet) };
  }
  try {
    if (packet.readUInt16BE(4) === 0) return parseEmpty(packet, header);
    const parsed = parseBody(packet, header, source);
    if (messages === undefined || !parsed.special) return parsed;
    return { kind: 'message', header, questionType: packet.readUInt16BE(HEADER_BYTES + parsed.question.length - 4) };
  } catch (err) {
    if (err instanceof FormatError) return { kind: 'rejected', header, rcode: 'FORMERR', ...salvage(packet) };
    throw err;
  }
}

/** Who asks with EDNS is answered with it, also when nothing else is right (RFC 6891 §7). */
function salvage(packet: Buffer): Salvaged {
  const reader = new PacketReader(packet, HEADER_BYTES);
  const questions = packet.readUInt16BE(4);
  let question: Buffer | undefined;
  const salvaged = (edns?: Edns): Salvaged => ({
    ...(question === undefined ? {} : { question }),
    ...(edns === undefined ? {} : { edns }),
  });
  if (questions > 1) return {};
  try {
    if (questions === 1) {
      reader.name('no pointers');
      reader.slice(4);
      question = packet.subarray(HEADER_BYTES, reader.at);
    }
    const others = packet.readUInt16BE(6) + packet.readUInt16BE(8);
    for (let record = 0; record < others; record++) skipRecord(reader);
    return salvaged(readAdditional(reader, packet.readUInt16BE(10)).edns);
  } catch (err) {
    if (err instanceof FormatError) return salvaged();
    throw err;
  }
}

function parseEmpty(packet: Buffer, header: QueryHeader): ParsedPacket {
  const reader = new PacketReader(packet, HEADER_BYTES);
  const { edns } = packet.readUInt32BE(6) === 0 ? readAdditional(reader, packet.readUInt16BE(10)) : {};
  if (!reader.done || edns === undefined || optionData(edns.options, optionCodes.cookie) === undefined) {
    throw new FormatError('no question, and no cookie');
  }
  return { kind: 'cookie', header, edns };
}

type ParsedBody = Extract<ParsedPacket, { kind: 'query' }> & { readonly special: boolean };

function parseBody(packet: Buffer, header: QueryHeader, source: Source): ParsedBody {
  if (packet.readUInt16BE(4) !== 1) throw new FormatError('not exactly one question');
  const reader = new PacketReader(packet, HEADER_BYTES);
  const name = reader.name('no pointers');
  const type = reader.short();
  const queryClass = reader.short();
  const question = packet.subarray(HEADER_BYTES, reader.at);

  const others = packet.readUInt16BE(6) + packet.readUInt16BE(8);
  for (let record = 0; record < others; record++) skipRecord(reader);
  const { edns, signed } = readAdditional(reader, packet.readUInt16BE(10));
  if (!reader.done) throw new FormatError('bytes after the last record');

  const { recursionDesired } = header;
  const { transport, client } = source;
  return {
    kind: 'query',
    header,
    question,
    query: { name, type: typeName(type), class: queryClass, recursionDesired, edns, transport, client },
    special: signed || type === AXFR || type === IXFR,
  };
}

function readAdditional(reader: PacketReader, records: number): { edns: Edns | undefined; signed: boolean } {
  let edns: Edns | undefined;
  let signed = false;
  for (let record = 0; record < records; record++) {
    const name = reader.name();
    const type = reader.short();
    const udpSize = reader.short();
    const ttl = reader.long();
    const data = reader.slice(reader.short());
    if (type === TSIG) signed = true;
    if (type !== OPT) continue;
    // RFC 6891 §6.1.1
    if (edns !== undefined || name !== '') throw new FormatError('one OPT record at the root, no more');
    const version = (ttl >>> 16) & 0xff;
    // Of another version nobody knows what its data are.
    const options = version === 0 ? readOptions(data) : [];
    edns = { version, udpSize, dnssecOk: (ttl & 0x8000) !== 0, options };
  }
  return { edns, signed };
}

function skipRecord(reader: PacketReader): void {
  reader.name();
  reader.slice(8);
  reader.slice(reader.short());
}
