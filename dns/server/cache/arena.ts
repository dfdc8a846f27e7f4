const PARTS = 3;

/**
 * Memory for encoded answers, taken from front to back. There are three parts: the young one, the old one, and one at
 * rest, so that what was the old one stays readable for the time of a whole further part: whoever sends from it needs no
 * copy.
 */
export class Arena {
  readonly memory: Buffer;
  readonly words: Uint32Array;
  readonly #partBytes: number;
  #part = 0;
  #at = 0;

  constructor(partBytes: number) {
    const memory = new ArrayBuffer(partBytes * PARTS);
    this.memory = Buffer.from(memory);
    this.words = new Uint32Array(memory);
    this.#partBytes = partBytes;
  }

  hasRoom(bytes: number): boolean {
    return this.#at + bytes <= this.#partBytes;
  }

  /** Where there is room for so many bytes, at a whole word. Throws a `TypeError` where `hasRoom` denies it. */
  take(bytes: number): number {
    if (!this.hasRoom(bytes)) throw new TypeError(`there is no room for ${bytes} bytes`);
    const start = this.#part * this.#partBytes + this.#at;
    this.#at += wholeWords(bytes);
    return start;
  }

  /** Begins the next part. */
  turn(): void {
    this.#part = (this.#part + 1) % PARTS;
    this.#at = 0;
  }
}

export const wholeWords = (bytes: number): number => (bytes + 3) & ~3;
