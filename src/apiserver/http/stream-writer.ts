/** The part of a response, of either HTTP version, that a stream of events needs. */
export interface StreamTarget {
  readonly writableLength: number;
  write(chunk: Buffer): boolean;
  end(): unknown;
  destroy(): unknown;
}

/** What may wait for a slow reader, beside what the first write held. */
const BUFFER_BYTES = 16 * 1024 * 1024;

/** Writes all that comes within one turn of the event loop at once, and never waits: who reads too slowly is cut off. */
export class StreamWriter {
  readonly #target: StreamTarget;
  readonly #tooSlow: () => void;
  #chunks: Buffer[] = [];
  #scheduled = false;
  #limit: number | undefined;
  #over = false;

  constructor(target: StreamTarget, tooSlow: () => void) {
    this.#target = target;
    this.#tooSlow = tooSlow;
  }

  write(chunk: Buffer): void {
    if (this.#over) return;
    this.#chunks.push(chunk);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  end(): void {
    if (this.#over) return;
    this.#flush();
    this.#over = true;
    this.#target.end();
  }

  #flush(): void {
    if (this.#over || this.#chunks.length === 0) return;
    const [only] = this.#chunks;
    const batch = this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#limit ??= BUFFER_BYTES + batch.length;
    if (this.#target.writableLength > this.#limit) {
      this.#over = true;
      this.#target.destroy();
      this.#tooSlow();
      return;
    }
    this.#target.write(batch);
  }
}
