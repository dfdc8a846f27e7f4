import { labelText } from './name-text.ts';

/** The packet is not what RFC 1035 §4 describes. */
export class FormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FormatError';
  }
}

const MAX_NAME_BYTES = 255;

/** Reads a packet from front to back; every read is checked against its end. */
export class PacketReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  short(): number {
    return this.#bytes.readUInt16BE(this.#take(2));
  }

  long(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  slice(length: number): Buffer {
    const from = this.#take(length);
    return this.#bytes.subarray(from, from + length);
  }

  /** A name. Pointers, where allowed, must go backwards, so that there is no loop. */
  name(pointers: 'pointers' | 'no pointers' = 'pointers'): string {
    const labels: string[] = [];
    let resumeAt: number | undefined;
    let barrier = this.#at;
    let bytes = 1;
    for (;;) {
      const length = this.byte();
      if (length === 0) break;
      if (length >= 0xc0) {
        if (pointers === 'no pointers') throw new FormatError('a compressed name where none can be');
        const target = ((length & 0x3f) << 8) | this.byte();
        if (target >= barrier) throw new FormatError('a compression pointer does not go backwards');
        resumeAt ??= this.#at;
        barrier = target;
        this.#at = target;
        continue;
      }
      if (length > 63) throw new FormatError('a label of unknown kind');
      bytes += length + 1;
      if (bytes > MAX_NAME_BYTES) throw new FormatError('a name of more than 255 bytes');
      labels.push(labelText(this.slice(length)));
    }
    if (resumeAt !== undefined) this.#at = resumeAt;
    return labels.join('.');
  }

  #take(length: number): number {
    const from = this.#at;
    if (from + length > this.#bytes.length) throw new FormatError('the packet ends too early');
    this.#at = from + length;
    return from;
  }
}
