import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';

export type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>;

/** Where a response goes. */
export interface ResponseStream {
  readonly waitingBytes: number;
  head(status: number, headers: ResponseHeaders, isLast: boolean): void;
  /** Calls `sent`, when given, once all is on its way. */
  data(chunk: Buffer, sent?: () => void): void;
  end(): void;
  reset(): void;
}

/** Has no body, whatever is written: RFC 9110 §9.3.2 and §15. */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);

/** The answer to a request: of Node's `ServerResponse` what this server uses. What is written in one turn goes at once. */
export class Http2Response {
  readonly httpVersionMajor = 2;
  readonly gathers = true;
  statusCode = 200;
  readonly #stream: ResponseStream;
  readonly #isHead: boolean;
  readonly #events = new EventEmitter();
  #headers: ResponseHeaders = {};
  #state: 'new' | 'begun' | 'ended' = 'new';
  #isClosed = false;

  constructor(stream: ResponseStream, isHead: boolean) {
    this.#stream = stream;
    this.#isHead = isHead;
  }

  get headersSent(): boolean {
    return this.#state !== 'new';
  }

  get writableEnded(): boolean {
    return this.#state === 'ended';
  }

  get destroyed(): boolean {
    return this.#isClosed;
  }

  /** What the client has not yet taken. */
  get writableLength(): number {
    return this.#stream.waitingBytes;
  }

  on(event: 'close' | 'error' | 'finish', listener: (err: Error) => void): this {
    this.#events.on(event, listener);
    return this;
  }

  once(event: 'close' | 'error' | 'finish', listener: (err: Error) => void): this {
    this.#events.once(event, listener);
    return this;
  }

  removeListener(event: 'close' | 'error' | 'finish', listener: (err: Error) => void): this {
    this.#events.removeListener(event, listener);
    return this;
  }

  writeHead(status: number, headers: ResponseHeaders = {}): this {
    if (this.headersSent) throw new TypeError('the headers are sent already');
    this.statusCode = status;
    this.#headers = headers;
    return this;
  }

  /** Whoever waits for nothing but the headers has them then. */
  flushHeaders(): void {
    if (this.#state === 'new') this.#begin(false);
  }

  write(chunk: Buffer | string): boolean {
    if (this.#state === 'ended') throw new TypeError('the response has ended');
    this.flushHeaders();
    if (!this.#isBodiless) this.#stream.data(bytesOf(chunk, 'utf8'));
    return true;
  }

  end(chunk?: Buffer | string | null, encoding: BufferEncoding = 'utf8'): this {
    if (this.#state === 'ended') return this;
    const body = this.#isBodiless || chunk === undefined || chunk === null ? '' : bytesOf(chunk, encoding);
    if (this.#state === 'new') this.#begin(body.length === 0);
    this.#state = 'ended';
    if (typeof body !== 'string' && body.length > 0) this.#stream.data(body);
    this.#stream.end();
    return this;
  }

  /** Breaks off what has not ended. */
  destroy(): this {
    if (!this.#isClosed) this.#stream.reset();
    return this;
  }

  /** For what comes as a stream: it is read no faster than the client takes it. */
  toWritable(): Writable {
    const writable = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.flushHeaders();
        if (this.#isBodiless) done();
        else this.#stream.data(chunk, done);
      },
      final: (done) => {
        this.end();
        done();
      },
      destroy: (err, done) => {
        if (!this.writableEnded) this.destroy();
        done(err);
      },
    });
    this.#events.once('close', () => {
      writable.destroy();
    });
    return writable;
  }

  /** To be called when the stream is closed: `isWhole` when everything was sent. */
  closed(isWhole: boolean): void {
    this.#isClosed = true;
    if (isWhole) this.#events.emit('finish');
    this.#events.emit('close');
  }

  get #isBodiless(): boolean {
    return this.#isHead || BODILESS.has(this.statusCode);
  }

  #begin(isLast: boolean): void {
    this.#stream.head(this.statusCode, this.#headers, isLast);
    this.#state = 'begun';
  }
}

function bytesOf(chunk: Buffer | string, encoding: BufferEncoding): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
}
