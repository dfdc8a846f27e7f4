import { isWithin, type AnyRecordSet } from '../zone/index.ts';
import type { ComposedReply, DnsQuery, Edns } from './dns-handler.ts';
import { optionBytes, optionCodes, type EdnsOption } from './edns/edns-option.ts';
import {
  HEADER_BYTES,
  extendedErrors,
  type ExtendedError,
  labelsOf,
  OPT,
  PacketFull,
  PacketWriter,
  type Rcode,
  rcodes,
  typeNumber,
  writeData,
} from '../packet/index.ts';
import type { QueryHeader, Salvaged } from './parse-query.ts';

/** Larger answers may be cut into fragments on the way (RFC 9715); it is also what we say we take. */
export const MAX_UDP_BYTES = 1232;
export const MAX_TCP_BYTES = 0xffff;
export const MIN_UDP_BYTES = 512;

const flag = { response: 0x8000, authoritative: 0x0400, truncated: 0x0200, recursionDesired: 0x0100 } as const;
const moreFlags = { recursionAvailable: 0x0080, checkingDisabled: 0x0010 } as const;

/** The most bytes an answer to this query may have. */
export function sizeLimit(query: DnsQuery): number {
  if (query.transport === 'tcp') return MAX_TCP_BYTES;
  return Math.min(Math.max(query.edns?.udpSize ?? 0, MIN_UDP_BYTES), MAX_UDP_BYTES);
}

/** An answer to packets that were not understood, or had no question: with what of them could be read. */
export function encodeRejection(
  header: QueryHeader,
  rcode: Rcode,
  { question = noBytes, edns, options = [] }: Salvaged & { readonly options?: readonly EdnsOption[] },
): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt16BE(header.id, 0);
  head.writeUInt16BE(flagsOf(header, { rcode, authoritative: false }), 2);
  head.writeUInt16BE(question.length > 0 ? 1 : 0, 4);
  head.writeUInt16BE(edns === undefined ? 0 : 1, 10);
  return Buffer.concat([head, question, edns === undefined ? noBytes : optRecord(edns, { rcode }, options)]);
}

export interface ReplyContext {
  readonly header: QueryHeader;
  readonly query: DnsQuery;
  readonly question: Buffer;
  /** Which of a set's records comes first: clients take the first, so it goes round. */
  readonly rotation: number;
  /** What the server itself has to say, beside the reply's options. */
  readonly options: readonly EdnsOption[];
}

export interface EncodedReply {
  readonly packet: Buffer;
  /** Of its end: an OPT record. */
  readonly optBytes: number;
  /** Where in the packet the serial of a SOA stands; -1 where there is none. */
  readonly serialAt: number;
}

/** Encodes a reply into `scratch` and copies it out, cut short at a whole record set where it is too large. */
export function encodeReply(scratch: Buffer, reply: ComposedReply, context: ReplyContext): EncodedReply {
  const { header, query, question, rotation } = context;
  const limit = sizeLimit(query);
  const opt = query.edns === undefined ? noBytes : optRecord(query.edns, reply, context.options);
  const writer = new PacketWriter(scratch, limit - opt.length);
  writer.short(header.id);
  writer.short(0);
  writer.short(1);
  writer.short(0);
  writer.long(0);
  writer.bytes(question);
  rememberQuestion(writer, query.name);

  const { answers = [], authority = [], additional = [] } = reply;
  const { class: recordClass } = query;
  const answered = writeSets(writer, answers, { rotation, recordClass });
  const explained = answered.complete ? writeSets(writer, authority, { rotation: 0, recordClass }) : nothing;
  const glue = glueOf(authority, additional);
  const glued = explained.complete ? writeSets(writer, glue, { rotation: 0, recordClass }) : nothing;
  // Other additional records are a courtesy: leaving them out is not truncation (RFC 2181 §9).
  const truncated = !(answered.complete && explained.complete && glued.complete);
  const others = additional.filter((set) => !glue.includes(set));
  const added = truncated ? nothing : writeSets(writer, others, { rotation: 0, recordClass });
  writer.limit = limit;
  writer.bytes(opt);

  writer.shortAt(2, flagsOf(header, reply) | (truncated ? flag.truncated : 0));
  writer.shortAt(6, answered.count);
  writer.shortAt(8, explained.count);
  writer.shortAt(10, glued.count + added.count + (opt.length > 0 ? 1 : 0));
  const serialAt = Math.max(answered.serialAt, explained.serialAt, added.serialAt);
  return { packet: writer.take(), optBytes: opt.length, serialAt };
}

const noBytes = Buffer.alloc(0);
const nothing = { count: 0, complete: true, serialAt: -1 };

function flagsOf(header: QueryHeader, reply: Omit<ComposedReply, 'answers'>): number {
  return (
    flag.response |
    (header.opcode << 11) |
    (reply.authoritative === false ? 0 : flag.authoritative) |
    (header.recursionDesired ? flag.recursionDesired : 0) |
    (reply.recursionAvailable === true ? moreFlags.recursionAvailable : 0) |
    (header.checkingDisabled ? moreFlags.checkingDisabled : 0) |
    (rcodes[reply.rcode] & 0xf)
  );
}

function rememberQuestion(writer: PacketWriter, name: string): void {
  let offset = HEADER_BYTES;
  for (const { label, rest } of labelsOf(name)) {
    writer.remember(rest, offset);
    offset += label.length + 1;
  }
}

/** Addresses without which nobody finds the servers of a delegation (RFC 9471 §3.1). */
function glueOf(authority: readonly AnyRecordSet[], additional: readonly AnyRecordSet[]): readonly AnyRecordSet[] {
  const delegation = authority.find(({ type }) => type === 'NS');
  return delegation === undefined ? [] : additional.filter(({ name }) => isWithin(name, delegation.name));
}

/** The serial is the first of the five numbers that a SOA ends with. */
const SOA_NUMBERS_BYTES = 20;

interface WritingSets {
  readonly rotation: number;
  /** That of the question. */
  readonly recordClass: number;
}

/** Writes whole sets until one does not fit. */
function writeSets(writer: PacketWriter, sets: readonly AnyRecordSet[], how: WritingSets): typeof nothing {
  let count = 0;
  let serialAt = -1;
  for (const set of sets) {
    const from = writer.at;
    try {
      writeSet(writer, set, how);
      if (set.type === 'SOA') serialAt = writer.at - SOA_NUMBERS_BYTES;
    } catch (err) {
      if (!(err instanceof PacketFull)) throw err;
      writer.rewind(from);
      return { count, complete: false, serialAt };
    }
    count += set.data.length;
  }
  return { count, complete: true, serialAt };
}

function writeSet(writer: PacketWriter, { name, type, ttlSeconds, data }: AnyRecordSet, how: WritingSets): void {
  const { rotation, recordClass } = how;
  const typeCode = typeNumber(type);
  for (let index = 0; index < data.length; index++) {
    writer.name(name);
    writer.short(typeCode);
    writer.short(recordClass);
    writer.long(ttlSeconds);
    const lengthAt = writer.at;
    writer.short(0);
    writeData(writer, type, data[(index + rotation) % data.length] ?? '');
    writer.shortAt(lengthAt, writer.at - lengthAt - 2);
  }
}

const OPT_HEAD_BYTES = 11;

function optRecord(edns: Edns, reply: ComposedReply, own: readonly EdnsOption[]): Buffer {
  const { rcode, extendedError, options = [] } = reply;
  const errors = extendedError === undefined ? [] : [errorOption(extendedError)];
  const data = optionBytes([...own, ...options, ...errors]);
  const opt = Buffer.alloc(OPT_HEAD_BYTES + data.length);
  opt.writeUInt16BE(OPT, 1);
  opt.writeUInt16BE(MAX_UDP_BYTES, 3);
  opt.writeUInt8(rcodes[rcode] >> 4, 5);
  opt.writeUInt16BE(edns.dnssecOk ? 0x8000 : 0, 7);
  opt.writeUInt16BE(data.length, 9);
  opt.set(data, OPT_HEAD_BYTES);
  return opt;
}

function errorOption(error: ExtendedError): EdnsOption {
  const data = Buffer.allocUnsafe(2);
  data.writeUInt16BE(extendedErrors[error]);
  return { code: optionCodes.extendedError, data };
}
