const DELIMITED = 2;
const FIXED_32_BYTES = 4;
const FIXED_64_BYTES = 8;

/** Walks the fields of one Protocol Buffers message. Numbers are exact up to 2^53. */
export class FieldReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #position: number;
  #wireType = 0;

  constructor(bytes: Buffer, position = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#position = position;
    this.#end = end;
  }

  /** The number of the next field, 0 at the end. Its value must be taken, or skipped, before the next one. */
  next(): number {
    if (this.#position >= this.#end) return 0;
    const tag = this.number();
    this.#wireType = tag % 8;
    return Math.floor(tag / 8);
  }

  number(): number {
    let result = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.#position++];
      if (byte === undefined) throw new RangeError('etcd sent a message that ends too early');
      if (byte < 128) return result + byte * scale;
      result += (byte - 128) * scale;
    }
  }

  /** A view of what was received, not a copy. */
  bytes(): Buffer {
    const start = this.#delimited();
    return this.#bytes.subarray(start, this.#position);
  }

  text(): string {
    const start = this.#delimited();
    return this.#bytes.toString('utf8', start, this.#position);
  }

  message(): FieldReader {
    const start = this.#delimited();
    return new FieldReader(this.#bytes, start, this.#position);
  }

  skip(): void {
    switch (this.#wireType) {
      case 0:
        this.number();
        return;
      case 1:
        this.#position += FIXED_64_BYTES;
        return;
      case DELIMITED:
        this.#delimited();
        return;
      default:
        this.#position += FIXED_32_BYTES;
    }
  }

  /** Goes beyond the field; resolves to where its content starts. */
  #delimited(): number {
    const length = this.number();
    const start = this.#position;
    this.#position = start + length;
    if (this.#position > this.#end) throw new RangeError('etcd sent a field that reaches beyond its message');
    return start;
  }
}
