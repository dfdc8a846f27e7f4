/** So many chunks that are taken keep their places before these are given back. */
const MAX_TAKEN = 256;

/** Bytes in the order in which they were added, not copied before they are taken. Most often there is one chunk. */
export class ChunkList {
  #first: Buffer | undefined;
  /** Of the first, what was taken. */
  #takenBytes = 0;
  #others: Buffer[] | undefined;
  /** Of the others, those that have been the first. */
  #taken = 0;

  add(chunk: Buffer): void {
    if (this.#first === undefined) this.#first = chunk;
    else (this.#others ??= []).push(chunk);
  }

  clear(): void {
    this.#first = undefined;
    this.#takenBytes = 0;
    this.#others = undefined;
    this.#taken = 0;
  }

  /** Takes so many bytes, which there must be. */
  copyTo(target: Buffer, from: number, bytes: number): void {
    const end = from + bytes;
    for (let at = from; at < end;) {
      const chunk = this.#first;
      if (chunk === undefined) throw new TypeError('more is taken than there is');
      const length = Math.min(end - at, chunk.length - this.#takenBytes);
      const isWhole = length === chunk.length;
      target.set(isWhole ? chunk : chunk.subarray(this.#takenBytes, this.#takenBytes + length), at);
      at += length;
      this.#takenBytes += length;
      if (this.#takenBytes === chunk.length) this.#next();
    }
  }

  #next(): void {
    this.#takenBytes = 0;
    this.#first = this.#others?.[this.#taken];
    this.#taken += 1;
    if (this.#first === undefined) this.clear();
    else if (this.#taken >= MAX_TAKEN) {
      this.#others = this.#others?.slice(this.#taken);
      this.#taken = 0;
    }
  }
}
