import { FormatError, HEADER_BYTES, OPT, PacketReader, rcodes, typeNumber } from '../../packet/index.ts';

/** What becomes of an answer of another server while it is kept. */
export interface KeptAnswer {
  readonly packet: Buffer;
  /** How long it may be given out as it is. */
  readonly ttlSeconds: number;
  /** Where its TTLs are. */
  readonly ttlsAt: readonly number[];
}

export interface KeepLimits {
  /** Of answers with records. */
  readonly successSeconds: number;
  /** Of "there is none". */
  readonly denialSeconds: number;
}

const TRUNCATED = 0x0200;
const SOA = typeNumber('SOA');

interface Record {
  readonly type: number;
  readonly ttlAt: number;
  readonly ttlSeconds: number;
  /** Where the data ends. */
  readonly end: number;
}

/**
 * An answer as it may be kept: for the least TTL of its records, or as long as its SOA says of names and types that are
 * not there (RFC 2308 §5). Undefined for what may not be kept: failures, cut answers, denials without SOA.
 */
export function keptAnswer(packet: Buffer, limits: KeepLimits): KeptAnswer | undefined {
  const flags = packet.readUInt16BE(2);
  const rcode = flags & 0xf;
  if ((flags & TRUNCATED) !== 0 || (rcode !== rcodes.NOERROR && rcode !== rcodes.NXDOMAIN)) return undefined;
  try {
    const answered = packet.readUInt16BE(6);
    const all = recordsOf(packet);
    const lasting = all.filter(({ type }) => type !== OPT);
    const isDenial = rcode === rcodes.NXDOMAIN || !isAnswered(packet, all.slice(0, answered));
    const ttlSeconds = isDenial ? denialTtl(packet, lasting, limits) : successTtl(lasting, limits);
    if (ttlSeconds === undefined || ttlSeconds <= 0) return undefined;
    return { packet, ttlSeconds, ttlsAt: lasting.map(({ ttlAt }) => ttlAt) };
  } catch (err) {
    if (err instanceof FormatError) return undefined;
    throw err;
  }
}

/** The same with TTLs so much shorter, or all of them at most `atMostSeconds`. */
export function agedAnswer({ packet, ttlsAt }: KeptAnswer, ageSeconds: number, atMostSeconds = 2 ** 31 - 1): Buffer {
  const aged = Buffer.from(packet);
  for (const at of ttlsAt) {
    const left = Math.max(0, packet.readUInt32BE(at) - ageSeconds);
    aged.writeUInt32BE(Math.min(left, atMostSeconds), at);
  }
  return aged;
}

function recordsOf(packet: Buffer): readonly Record[] {
  const reader = new PacketReader(packet, HEADER_BYTES);
  for (let questions = packet.readUInt16BE(4); questions > 0; questions--) {
    reader.name();
    reader.slice(4);
  }
  const count = packet.readUInt16BE(6) + packet.readUInt16BE(8) + packet.readUInt16BE(10);
  return Array.from({ length: count }, () => {
    reader.name();
    const type = reader.short();
    reader.short();
    const ttlAt = reader.at;
    // The topmost bit is no part of it (RFC 2181 §8).
    const ttlSeconds = reader.long() & 0x7fffffff;
    reader.slice(reader.short());
    return { type, ttlAt, ttlSeconds, end: reader.at };
  });
}

/** Of the type asked for, and not only aliases that lead to where there is none. */
function isAnswered(packet: Buffer, answers: readonly Record[]): boolean {
  const reader = new PacketReader(packet, HEADER_BYTES);
  reader.name();
  const asked = reader.short();
  return answers.some(({ type }) => type === asked || asked === typeNumber('ANY'));
}

function successTtl(records: readonly Record[], { successSeconds }: KeepLimits): number {
  return Math.min(successSeconds, ...records.map(({ ttlSeconds }) => ttlSeconds));
}

function denialTtl(packet: Buffer, records: readonly Record[], { denialSeconds }: KeepLimits): number | undefined {
  const soa = records.find(({ type }) => type === SOA);
  if (soa === undefined) return undefined;
  const minimum = packet.readUInt32BE(soa.end - 4);
  return Math.min(denialSeconds, minimum, ...records.map(({ ttlSeconds }) => ttlSeconds));
}
