import { FormatError, HEADER_BYTES, IXFR, PacketReader, readData } from '../packet/index.ts';

export interface TransferRequest {
  readonly zone: string;
  readonly class: number;
  readonly question: Buffer;
  /** The serial that the client has, where it asks for what changed since. */
  readonly since: number | undefined;
}

const SOA = 6;

/** Throws `FormatError`. */
export function readTransferRequest(packet: Buffer): TransferRequest {
  if (packet.readUInt16BE(4) !== 1) throw new FormatError('not exactly one question');
  const reader = new PacketReader(packet, HEADER_BYTES);
  const zone = reader.name('no pointers');
  const type = reader.short();
  const questionClass = reader.short();
  const question = packet.subarray(HEADER_BYTES, reader.at);
  return { zone, class: questionClass, question, since: type === IXFR ? readSince(reader, packet) : undefined };
}

/** RFC 1995 §3: the authority section has the SOA of the client's version. */
function readSince(reader: PacketReader, packet: Buffer): number {
  if (packet.readUInt16BE(6) !== 0 || packet.readUInt16BE(8) === 0) throw new FormatError('IXFR without a SOA');
  reader.name();
  if (reader.short() !== SOA) throw new FormatError('IXFR without a SOA');
  reader.slice(6);
  const serial = readData(reader, SOA, reader.short()).split(' ')[2];
  return Number(serial);
}
