import { streamError, type Http2Error } from './http2-error.ts';
import { frameText, headersText, uint32Text } from './frame-text.ts';
import { IncomingBody } from './incoming-body.ts';
import type { Outbox } from './outbox.ts';
import { CODE, FLAG, FRAME, MAX_WINDOW_BYTES } from './protocol.ts';
import type { RequestHead } from './request-head.ts';
import { Http2Response, type ResponseHeaders, type ResponseStream } from './response.ts';
import { SendQueue } from './send-queue.ts';

export interface StreamDeps {
  readonly outbox: Outbox;
  /** Of the connection, in the order of the calls. */
  readonly headerBlock: (status: number, headers: ResponseHeaders) => string;
  /** So much of what the client sent is out of the way. */
  readonly read: (bytes: number) => void;
  readonly closed: (stream: Http2Stream) => void;
}

export interface StreamWindows {
  /** What the client takes of an answer. */
  readonly sendBytes: number;
  /** What it may send of a body. */
  readonly receiveBytes: number;
}

/** A request and its answer: RFC 9113 §5.1. */
export class Http2Stream implements ResponseStream {
  readonly id: number;
  readonly body: IncomingBody;
  readonly response: Http2Response;
  readonly #deps: StreamDeps;
  readonly #queue: SendQueue;
  #sent: (() => void) | undefined;
  #isClosed = false;

  constructor(
    id: number,
    head: Pick<RequestHead, 'method' | 'contentLength'>,
    windows: StreamWindows,
    deps: StreamDeps,
  ) {
    const { outbox, read } = deps;
    this.id = id;
    this.#deps = deps;
    this.#queue = new SendQueue(id, windows.sendBytes);
    this.#queue.onSent = () => {
      this.#onSent();
    };
    const widen = (bytes: number) => {
      outbox.say(frameText(FRAME.windowUpdate, FLAG.none, id, uint32Text(bytes)));
    };
    this.body = new IncomingBody(windows.receiveBytes, head.contentLength, { read, widen });
    this.response = new Http2Response(this, head.method === 'HEAD');
  }

  get waitingBytes(): number {
    return this.#queue.waitingBytes;
  }

  head(status: number, headers: ResponseHeaders, isLast: boolean): void {
    if (this.#isClosed) return;
    this.#deps.outbox.say(headersText(this.id, this.#deps.headerBlock(status, headers), isLast));
    if (isLast) this.#finish();
  }

  data(chunk: Buffer, sent?: () => void): void {
    if (this.#isClosed) return;
    this.#sent = sent;
    this.#deps.outbox.add(this.#queue, chunk);
  }

  end(): void {
    if (this.#isClosed) return;
    this.#queue.end();
    this.#deps.outbox.offer(this.#queue);
  }

  /** Breaks the answer off. */
  reset(code: number = CODE.internalError): void {
    if (this.#isClosed) return;
    this.#sayReset(code);
    this.close();
  }

  /** The window of the client has become larger, or, by its settings, smaller. */
  widen(bytes: number): Http2Error | undefined {
    this.#queue.windowBytes += bytes;
    if (this.#queue.windowBytes > MAX_WINDOW_BYTES) {
      return streamError(this.id, 'the window of the stream is too large', CODE.flowControlError);
    }
    this.#deps.outbox.offer(this.#queue);
    return undefined;
  }

  /** The stream is no more, by the client or with its connection. */
  close(): void {
    if (this.#isClosed) return;
    const isWhole = this.#queue.isFinished;
    this.#isClosed = true;
    this.#deps.outbox.drop(this.#queue);
    this.#deps.closed(this);
    this.body.close(new ClientGone());
    this.response.closed(isWhole);
  }

  #onSent(): void {
    const sent = this.#sent;
    this.#sent = undefined;
    sent?.();
    if (this.#queue.isFinished) this.#finish();
  }

  /** The answer is sent. What of the request is still to come is not wanted: RFC 9113 §8.1. */
  #finish(): void {
    if (this.#isClosed) return;
    if (!this.body.isEnded) this.#sayReset(CODE.noError);
    this.#queue.clear();
    this.close();
  }

  #sayReset(code: number): void {
    this.#deps.outbox.say(frameText(FRAME.resetStream, FLAG.none, this.id, uint32Text(code)));
  }
}

/** To those who read a body that will not be whole. */
class ClientGone extends Error {
  readonly code = 'ECONNRESET';

  constructor() {
    super('the client is gone');
  }
}
