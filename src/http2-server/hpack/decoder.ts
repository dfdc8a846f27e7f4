import { connectionError, type Http2Error } from '../http2-error.ts';
import { CODE } from '../protocol.ts';
import { DynamicTable, type HeaderField } from './dynamic-table.ts';
import { decodeHuffman } from './huffman.ts';
import { STATIC_TABLE } from './static-table.ts';

/** RFC 9113 §6.5.2: what a client may take before it is told otherwise. It is not. */
const TABLE_BYTES = 4_096;
/** So long an integer is no length of anything: seven bits each byte. */
const MAX_SHIFT = 21;

/** Reads the header blocks of one connection (RFC 7541), in the order in which they came. */
export class HpackDecoder {
  readonly #table = new DynamicTable(TABLE_BYTES);
  #block: Buffer = Buffer.alloc(0);
  #at = 0;

  /** Every block has to be read to its end, though what it says is not wanted. Throws an error of the connection. */
  decode(block: Buffer, emit: (field: HeaderField) => void): void {
    this.#block = block;
    this.#at = 0;
    let isBegun = false;
    while (this.#at < block.length) {
      const first = block[this.#at] ?? 0;
      if ((first & 0xe0) === 0x20) {
        if (isBegun) throw malformed('a change of the table within a header block');
        this.#resize(this.#integer(0x1f));
        continue;
      }
      isBegun = true;
      emit(this.#field(first));
    }
    this.#block = Buffer.alloc(0);
  }

  #field(first: number): HeaderField {
    if ((first & 0x80) !== 0) return this.#indexed(this.#integer(0x7f));
    const isKept = (first & 0x40) !== 0;
    const index = this.#integer(isKept ? 0x3f : 0x0f);
    const name = index === 0 ? this.#text() : this.#indexed(index).name;
    const field = { name, value: this.#text() };
    if (isKept) this.#table.add(field);
    return field;
  }

  #indexed(index: number): HeaderField {
    const field =
      index <= STATIC_TABLE.length ? STATIC_TABLE[index - 1] : this.#table.at(index - STATIC_TABLE.length - 1);
    if (field === undefined) throw malformed('an index that no header has');
    return field;
  }

  #resize(bytes: number): void {
    if (bytes > TABLE_BYTES) throw malformed('a table larger than allowed');
    this.#table.resize(bytes);
  }

  #text(): string {
    const isCoded = ((this.#block[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#integer(0x7f);
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#block.length) throw malformed('a header block that breaks off');
    if (!isCoded) return this.#block.toString('latin1', start, this.#at);
    const text = decodeHuffman(this.#block.subarray(start, this.#at));
    if (text === undefined) throw malformed("what is not in Huffman's code");
    return text;
  }

  /** RFC 7541 §5.1. */
  #integer(mask: number): number {
    let value = this.#byte() & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= MAX_SHIFT; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return value;
    }
    throw malformed('a number that is too large');
  }

  #byte(): number {
    const byte = this.#block[this.#at];
    if (byte === undefined) throw malformed('a header block that breaks off');
    this.#at += 1;
    return byte;
  }
}

function malformed(what: string): Http2Error {
  return connectionError(what, CODE.compressionError);
}
