/** The part of a response, of either HTTP version, that a stream of events needs. */
export interface StreamTarget {
  readonly writableLength: number;
  /** What is written to it within a turn of the event loop goes out at once anyway. */
  readonly gathers?: boolean;
  write(chunk: Buffer): boolean;
  end(): unknown;
  destroy(): unknown;
}

/** What may wait for a slow reader, beside what came in the first turn of the event loop. */
const BUFFER_BYTES = 16 * 1024 * 1024;

/** Writes all that comes within one turn of the event loop at once, and never waits: who reads too slowly is cut off. */
export class StreamWriter {
  readonly #target: StreamTarget;
  readonly #tooSlow: () => void;
  readonly #gathers: boolean;
  #chunks: Buffer[] = [];
  #isScheduled = false;
  /** Of the first turn. */
  #firstBytes = 0;
  #limit: number | undefined;
  #isOver = false;

  constructor(target: StreamTarget, tooSlow: () => void) {
    this.#target = target;
    this.#tooSlow = tooSlow;
    this.#gathers = target.gathers === true;
  }

  write(chunk: Buffer): void {
    if (this.#isOver) return;
    if (this.#gathers) this.#send(chunk);
    else this.#chunks.push(chunk);
    if (this.#limit === undefined) this.#firstBytes += chunk.length;
    else if (this.#gathers) return;
    if (!this.#isScheduled) this.#schedule();
  }

  end(): void {
    if (this.#isOver) return;
    this.#flush();
    this.#isOver = true;
    this.#target.end();
  }

  #schedule(): void {
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#limit ??= BUFFER_BYTES + this.#firstBytes;
      this.#flush();
    });
  }

  #flush(): void {
    const [only] = this.#chunks;
    if (this.#isOver || only === undefined) return;
    const batch = this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#send(batch);
  }

  #send(chunk: Buffer): void {
    if (this.#target.writableLength > (this.#limit ?? Infinity)) {
      this.#isOver = true;
      this.#target.destroy();
      this.#tooSlow();
    } else this.#target.write(chunk);
  }
}
