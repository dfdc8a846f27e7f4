import { HEADER_BYTES, PacketFull, PacketWriter, typeNumber, writeData } from '../packet/index.ts';
import type { AnyRecordSet } from '../zone/index.ts';

/** What every message of an answer begins with. */
export interface TransferStart {
  readonly id: number;
  readonly flags: number;
  /** Repeated in the first message only (RFC 5936 §2.2.1). */
  readonly question: Buffer;
}

const IN = 1;
/** Larger ones leave names beyond the reach of compression (RFC 5936 §3.4 leaves the size to us). */
const MESSAGE_BYTES = 16_384;

/** The records in as few messages as hold them. A record that fits none (65,535 bytes at most) has one of its own. */
export function* transferMessages(
  start: TransferStart,
  sets: Iterable<AnyRecordSet>,
  reserveBytes: number,
): Generator<Buffer> {
  const scratch = Buffer.allocUnsafe(0xffff);
  let message = new TransferMessage(scratch, start, MESSAGE_BYTES - reserveBytes);
  for (const set of sets) {
    for (const item of set.data) {
      if (message.add(set, item)) continue;
      yield message.take();
      message = new TransferMessage(scratch, { ...start, question: noBytes }, MESSAGE_BYTES - reserveBytes);
      if (message.add(set, item)) continue;
      message = new TransferMessage(scratch, { ...start, question: noBytes }, scratch.length - reserveBytes);
      if (!message.add(set, item)) throw new PacketFull();
    }
  }
  yield message.take();
}

const noBytes = Buffer.alloc(0);

class TransferMessage {
  readonly #writer: PacketWriter;
  #records = 0;

  constructor(scratch: Buffer, { id, flags, question }: TransferStart, limit: number) {
    this.#writer = new PacketWriter(scratch, limit);
    for (const short of [id, flags, question.length > 0 ? 1 : 0, 0, 0, 0]) this.#writer.short(short);
    this.#writer.bytes(question);
  }

  /** False where there is no room. */
  add({ name, type, ttlSeconds }: AnyRecordSet, item: string): boolean {
    const writer = this.#writer;
    const from = writer.at;
    try {
      writer.name(name);
      writer.short(typeNumber(type));
      writer.short(IN);
      writer.long(ttlSeconds);
      const lengthAt = writer.at;
      writer.short(0);
      writeData(writer, type, item);
      writer.shortAt(lengthAt, writer.at - lengthAt - 2);
    } catch (err) {
      if (!(err instanceof PacketFull)) throw err;
      writer.rewind(from);
      return false;
    }
    this.#records++;
    return true;
  }

  take(): Buffer {
    this.#writer.shortAt(HEADER_BYTES - 6, this.#records);
    return this.#writer.take();
  }
}
