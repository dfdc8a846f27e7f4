import { readSync } from 'node:fs';

const BLOCK_BYTES = 64 * 1024;
const BLOCKS = 64;

/** Reads of a file that lie near each other, served from few large ones. */
export class FileBlocks {
  readonly #fd: number;
  /** In the order of their last use. */
  readonly #blocks = new Map<number, Buffer>();

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Fewer bytes than `length` where the file ends. They share memory with others and are never written again. */
  read(position: number, length: number): Buffer {
    const number = Math.floor(position / BLOCK_BYTES);
    const at = position - number * BLOCK_BYTES;
    if (at + length > BLOCK_BYTES) return this.#readAt(position, length);
    return this.#block(number).subarray(at, at + length);
  }

  #block(number: number): Buffer {
    const known = this.#blocks.get(number);
    const block = known ?? this.#readAt(number * BLOCK_BYTES, BLOCK_BYTES);
    if (known !== undefined) this.#blocks.delete(number);
    this.#blocks.set(number, block);
    const [oldest] = this.#blocks.keys();
    if (this.#blocks.size > BLOCKS && oldest !== undefined) this.#blocks.delete(oldest);
    return block;
  }

  #readAt(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(length);
    const count = readSync(this.#fd, bytes, 0, length, position);
    return count === length ? bytes : bytes.subarray(0, count);
  }
}
