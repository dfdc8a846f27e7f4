import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { FormatError, HEADER_BYTES, OPT, PacketReader, readData, typeName } from '../../dns/packet/index.ts';

export interface QuestionOptions {
  readonly type?: number;
  readonly class?: number;
  readonly opcode?: number;
  readonly recursionDesired?: boolean;
  readonly checkingDisabled?: boolean;
  /** With an OPT record when any of these is there. */
  readonly udpSize?: number;
  readonly version?: number;
  readonly dnssecOk?: boolean;
  /** Options as they stand on the wire. */
  readonly options?: readonly number[];
  readonly questions?: number;
  readonly tail?: readonly number[];
}

const short = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];

export function wireName(name: string): number[] {
  const labels = name.split('.').filter((label) => label !== '');
  return [...labels.flatMap((label) => [label.length, ...Buffer.from(label)]), 0];
}

const defaults = {
  type: 1,
  class: 1,
  opcode: 0,
  questions: 1,
  tail: [],
  recursionDesired: false,
  checkingDisabled: false,
};

/** A question made byte by byte, so that our own encoder is not its own judge. */
export function questionPacket(name: string, options: QuestionOptions = {}): Buffer {
  const asked = { ...defaults, ...options };
  const opt = optRecord(options);
  const flags = (asked.opcode << 11) | (asked.recursionDesired ? 0x100 : 0) | (asked.checkingDisabled ? 0x10 : 0);
  const question = [...wireName(name), ...short(asked.type), ...short(asked.class)];
  const questions = Array.from({ length: asked.questions }, () => question).flat();
  const counts = [asked.questions, 0, 0, opt.length > 0 ? 1 : 0].flatMap(short);
  return Buffer.from([0x12, 0x34, ...short(flags), ...counts, ...questions, ...opt, ...asked.tail]);
}

function optRecord({ udpSize, version, dnssecOk, options }: QuestionOptions): number[] {
  if ([udpSize, version, dnssecOk, options].every((value) => value === undefined)) return [];
  const data = options ?? [];
  const ttl = [0, version ?? 0, dnssecOk === true ? 0x80 : 0, 0];
  return [0, ...short(OPT), ...short(udpSize ?? 1232), ...ttl, ...short(data.length), ...data];
}

/** The answer of a server of this machine, or undefined where none comes in time. */
export async function askUdp(port: number, packet: Uint8Array, waitMs = 3000): Promise<Buffer | undefined> {
  const socket = createSocket('udp4');
  try {
    const answered = once(socket, 'message', { signal: AbortSignal.timeout(waitMs) });
    socket.connect(port, '127.0.0.1', () => {
      socket.send(packet);
    });
    const [message] = (await answered) as [Buffer]; // @NOTE what the event carries
    return message;
  } catch (err) {
    if (err instanceof Error && err.name === 'AbortError') return undefined;
    throw err;
  } finally {
    socket.close();
  }
}

export async function askTcp(port: number, packet: Uint8Array): Promise<Buffer | undefined> {
  const socket = connect({ port, host: '127.0.0.1' });
  const chunks: Buffer[] = [];
  socket.write(Buffer.concat([Buffer.from(short(packet.length)), packet]));
  try {
    for await (const chunk of socket) {
      chunks.push(chunk as Buffer); // @NOTE no encoding is set
      const received = Buffer.concat(chunks);
      if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        return received.subarray(2, 2 + received.readUInt16BE(0));
      }
    }
    return undefined;
  } finally {
    socket.destroy();
  }
}

/** What a message says, with the records of each section in one order. */
export interface DecodedMessage {
  readonly rcode: number;
  readonly flags: string;
  readonly questions: number;
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
  /** Size, version and flags of the OPT record, and the codes of its options. */
  readonly edns:
    { readonly version: number; readonly dnssecOk: boolean; readonly options: readonly number[] } | undefined;
}

const flagNames = { aa: 0x400, tc: 0x200, rd: 0x100, ra: 0x80, ad: 0x20, cd: 0x10 } as const;

/** Throws where the message is not one. */
export function decodeMessage(packet: Buffer): DecodedMessage {
  const reader = new PacketReader(packet, HEADER_BYTES);
  const flags = packet.readUInt16BE(2);
  const questions = packet.readUInt16BE(4);
  for (let question = 0; question < questions; question++) {
    reader.name();
    reader.slice(4);
  }
  const extra: { edns: DecodedMessage['edns']; rcode: number } = { edns: undefined, rcode: 0 };
  const [answer = [], authority = [], additional = []] = [6, 8, 10].map((at) =>
    Array.from({ length: packet.readUInt16BE(at) }, () => readRecord(reader, extra))
      .filter((text) => text !== undefined)
      .sort(),
  );
  if (!reader.done) throw new FormatError('bytes after the last record');
  const set = Object.entries(flagNames).filter(([, bit]) => (flags & bit) !== 0);
  return {
    rcode: (flags & 0xf) | (extra.rcode << 4),
    flags: set.map(([name]) => name).join(' '),
    questions,
    answer,
    authority,
    additional,
    edns: extra.edns,
  };
}

function readRecord(reader: PacketReader, extra: { edns: DecodedMessage['edns']; rcode: number }): string | undefined {
  const name = reader.name();
  const type = reader.short();
  const recordClass = reader.short();
  const ttl = reader.long();
  const length = reader.short();
  if (type !== OPT) return `${name} ${ttl} ${recordClass} ${typeName(type)} ${readData(reader, type, length)}`;
  const options: number[] = [];
  for (const end = reader.at + length; reader.at < end;) {
    options.push(reader.short());
    reader.slice(reader.short());
  }
  extra.rcode = ttl >>> 24;
  extra.edns = { version: (ttl >>> 16) & 0xff, dnssecOk: (ttl & 0x8000) !== 0, options };
  return undefined;
}
