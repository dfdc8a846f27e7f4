import { labelsOf } from './name-text.ts';

/** The packet would grow beyond what was allowed. */
export class PacketFull extends Error {
  constructor() {
    super('the packet is full');
    this.name = 'PacketFull';
  }
}

/** Offsets above this do not fit a compression pointer. */
const MAX_POINTER = 0x3fff;

/** Writes a packet into a buffer that others own, names compressed. What is written can be taken back. */
export class PacketWriter {
  readonly #buffer: Buffer;
  readonly #names = new Map<string, number>();
  #limit: number;
  #at = 0;

  constructor(buffer: Buffer, limit: number) {
    this.#buffer = buffer;
    this.#limit = Math.min(limit, buffer.length);
  }

  get at(): number {
    return this.#at;
  }

  /** Moves the end, to keep room for something that must fit whatever comes before. */
  set limit(limit: number) {
    this.#limit = Math.min(limit, this.#buffer.length);
  }

  /** Copies out what was written. */
  take(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#at));
  }

  /** Forgets everything written at or after `at`. */
  rewind(at: number): void {
    this.#at = at;
    for (const [name, offset] of this.#names) if (offset >= at) this.#names.delete(name);
  }

  byte(value: number): void {
    this.#buffer.writeUInt8(value, this.#take(1));
  }

  short(value: number): void {
    this.#buffer.writeUInt16BE(value, this.#take(2));
  }

  shortAt(at: number, value: number): void {
    this.#buffer.writeUInt16BE(value, at);
  }

  long(value: number): void {
    this.#buffer.writeUInt32BE(value >>> 0, this.#take(4));
  }

  bytes(bytes: Uint8Array): void {
    this.#buffer.set(bytes, this.#take(bytes.length));
  }

  /** `length, bytes`, as TXT has its strings. */
  string(bytes: Uint8Array): void {
    this.byte(bytes.length);
    this.bytes(bytes);
  }

  /** `compress` false writes it out in full, as types younger than RFC 1035 want it (RFC 3597 §4). */
  name(name: string, compress = true): void {
    for (const { label, rest } of labelsOf(name)) {
      const known = this.#names.get(rest);
      if (compress && known !== undefined) {
        this.short(0xc000 | known);
        return;
      }
      this.remember(rest, this.#at);
      this.byte(label.length);
      this.#buffer.write(label, this.#take(label.length), label.length, 'latin1');
    }
    this.byte(0);
  }

  /** Says that the packet has `name` at `offset`: the names of a question were copied, not written by `name`. */
  remember(name: string, offset: number): void {
    if (offset <= MAX_POINTER && !this.#names.has(name)) this.#names.set(name, offset);
  }

  #take(length: number): number {
    const from = this.#at;
    if (from + length > this.#limit) throw new PacketFull();
    this.#at = from + length;
    return from;
  }
}
