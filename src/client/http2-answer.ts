import { constants, type ClientHttp2Stream } from 'node:http2';

/** What nobody reads may grow to this, until the server is told to wait. */
const MAX_UNREAD_BYTES = 1 << 20;

/**
 * The body of an answer, taken in from the moment that the stream is made. Node's own iterator says "premature close"
 * of a stream that had closed before it was read, although all of it is there; and it takes the end of a lost
 * connection for the end of the body. `fateOf` tells what became of a stream that has closed: nothing when all is well.
 */
export class Http2Answer implements AsyncIterable<Buffer> {
  readonly #stream: ClientHttp2Stream;
  readonly #fateOf: () => Error | undefined;
  readonly #chunks: Buffer[] = [];
  #unreadBytes = 0;
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor(stream: ClientHttp2Stream, fateOf: () => Error | undefined) {
    this.#stream = stream;
    this.#fateOf = fateOf;
    stream.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#unreadBytes += chunk.length;
      if (this.#unreadBytes >= MAX_UNREAD_BYTES) stream.pause();
      this.#wake();
    });
    stream.once('close', () => {
      this.#isOver = true;
      this.#wake();
    });
  }

  /** Once: what has been read is gone. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    try {
      for (;;) {
        const chunk = this.#take();
        if (chunk !== undefined) yield chunk;
        else if (this.#isOver) break;
        else await this.#more();
      }
    } finally {
      if (!this.#isOver) this.#stream.close(constants.NGHTTP2_CANCEL);
    }
    const failure = this.#fateOf();
    if (failure !== undefined) throw failure;
  }

  #take(): Buffer | undefined {
    const chunk = this.#chunks.shift();
    if (chunk === undefined) return undefined;
    this.#unreadBytes -= chunk.length;
    if (this.#stream.isPaused() && this.#unreadBytes < MAX_UNREAD_BYTES / 2) this.#stream.resume();
    return chunk;
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
