import type { Socket } from 'node:net';
import type { Clock } from '../component-base/index.ts';
import { FrameReader } from './frame-reader.ts';
import { frameText, headersText, settingsText, uint32Text } from './frame-text.ts';
import { encodeStatus, NO_TABLE, type HpackEncoder } from './hpack/encoder.ts';
import { Http2Error } from './http2-error.ts';
import { Inbound } from './inbound.ts';
import { Outbox } from './outbox.ts';
import { CODE, DEFAULT_WINDOW_BYTES, FLAG, FRAME, SETTING } from './protocol.ts';
import type { RequestHead } from './request-head.ts';
import { requestOf, type Http2Request } from './request.ts';
import type { Http2Response } from './response.ts';
import { Http2Stream } from './stream.ts';

export interface Http2Limits {
  /** Streams of one connection that may be open at a time. */
  readonly streams: number;
  /** Of the fields of a request. */
  readonly headerBytes: number;
  /** Of all that waits for one client; it may ask for nothing more while it leaves that much there. */
  readonly waitingBytes: number;
  /** How long a connection lives on which nothing is asked. */
  readonly idleMs: number;
}

export interface Http2ConnectionDeps {
  readonly clock: Clock;
  readonly encoder: HpackEncoder;
  readonly limits: Http2Limits;
  readonly onRequest: (request: Http2Request, response: Http2Response) => void;
  /** To answer a request whose headers are longer than the limit. */
  readonly onLongHead: (response: Http2Response) => void;
}

/** Of the bodies of requests; those of all streams of a connection share the other. */
const STREAM_WINDOW_BYTES = 256 * 1024;
const CONNECTION_WINDOW_BYTES = 1024 * 1024;
/** For the other end to take the last words and go: without a sign of it, and at all. */
const [SILENT_CLOSE_MS, CLOSE_MS] = [1_000, 10_000];

/** The server's side of HTTP/2 (RFC 9113) on one connection, from its preface to its end. */
export class Http2Connection {
  readonly #socket: Socket;
  readonly #deps: Http2ConnectionDeps;
  readonly #outbox: Outbox;
  readonly #inbound: Inbound;
  readonly #streams = new Map<number, Http2Stream>();
  #state: 'open' | 'leaving' | 'closed' = 'open';
  #hasSentHeaders = false;

  constructor(socket: Socket, deps: Http2ConnectionDeps) {
    this.#socket = socket;
    this.#deps = deps;
    this.#outbox = new Outbox(socket, (error) => {
      this.#fail(error);
    });
    this.#inbound = new Inbound({
      clock: deps.clock,
      limits: deps.limits,
      windowBytes: CONNECTION_WINDOW_BYTES,
      outbox: this.#outbox,
      streams: this.#streams,
      open: (id, head, endsStream) => {
        this.#open(id, head, endsStream);
      },
      isLeaving: () => this.#state !== 'open',
      left: () => {
        this.close();
      },
    });
  }

  /** Says hello and begins to listen. */
  start(): void {
    const { limits } = this.#deps;
    const settings = settingsText([
      [SETTING.maxConcurrentStreams, limits.streams],
      [SETTING.initialWindowSize, STREAM_WINDOW_BYTES],
      [SETTING.maxHeaderListSize, limits.headerBytes],
    ]);
    this.#outbox.say(frameText(FRAME.settings, FLAG.none, 0, settings));
    const more = uint32Text(CONNECTION_WINDOW_BYTES - DEFAULT_WINDOW_BYTES);
    this.#outbox.say(frameText(FRAME.windowUpdate, FLAG.none, 0, more));
    const reader = new FrameReader((frame) => {
      this.#inbound.take(frame);
    });
    const read = (chunk: Buffer) => {
      this.#read(reader, chunk);
    };
    const socket = this.#socket;
    socket.on('data', read).once('close', () => {
      this.#end();
    });
    socket.on('error', () => {
      socket.destroy();
    });
    socket.setTimeout(limits.idleMs);
    // A quiet watch is no idleness.
    socket.on('timeout', () => {
      if (this.#state === 'closed') socket.destroy();
      else if (this.#streams.size === 0) this.close();
    });
  }

  /** Says GOAWAY: no more requests are taken; those that were go on, and the connection ends with the last of them. */
  close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'leaving';
    this.#sayGoAway(CODE.noError, '');
    this.#closeWhenDone();
  }

  #read(reader: FrameReader, chunk: Buffer): void {
    if (this.#state === 'closed') return;
    try {
      reader.push(chunk);
    } catch (err) {
      if (!(err instanceof Http2Error)) throw err;
      this.#fail(err);
    }
  }

  #open(id: number, head: RequestHead | 'long', endsStream: boolean): void {
    const windows = { sendBytes: this.#inbound.clientWindowBytes, receiveBytes: STREAM_WINDOW_BYTES };
    const { encoder } = this.#deps;
    const isLong = head === 'long';
    const stream = new Http2Stream(id, isLong ? { method: 'GET', contentLength: undefined } : head, windows, {
      outbox: this.#outbox,
      headerBlock: (status, headers) => this.#headerBlock(encoder.encode(status, headers)),
      read: (bytes) => {
        this.#inbound.giveBack(bytes);
      },
      closed: ({ id: closed }) => {
        this.#streams.delete(closed);
        this.#closeWhenDone();
      },
    });
    this.#streams.set(id, stream);
    if (endsStream && !stream.body.end()) stream.reset(CODE.protocolError);
    else if (isLong) this.#deps.onLongHead(stream.response);
    else {
      if (head.headers['expect'] === '100-continue')
        this.#outbox.say(headersText(id, this.#headerBlock(encodeStatus(100)), false));
      this.#deps.onRequest(requestOf(head, stream.body, this.#socket), stream.response);
    }
  }

  /** Fits a block of headers to its place on the connection. */
  #headerBlock(block: string): string {
    if (this.#hasSentHeaders) return block;
    this.#hasSentHeaders = true;
    return NO_TABLE + block;
  }

  #sayGoAway(code: number, why: string): void {
    const content = uint32Text(this.#inbound.lastStreamId) + uint32Text(code) + why;
    this.#outbox.say(frameText(FRAME.goAway, FLAG.none, 0, content));
  }

  #closeWhenDone(): void {
    if (this.#state !== 'leaving' || this.#streams.size > 0) return;
    this.#hangUp();
  }

  /** What the other end did cannot be made good. */
  #fail({ code, message }: Http2Error): void {
    if (this.#state === 'closed') return;
    this.#sayGoAway(code, message);
    this.#hangUp();
    this.#end();
  }

  #hangUp(): void {
    this.#state = 'closed';
    this.#outbox.flushText();
    const socket = this.#socket;
    socket.end();
    socket.setTimeout(SILENT_CLOSE_MS);
    const cancel = this.#deps.clock.after(CLOSE_MS, () => {
      socket.destroy();
    });
    socket.once('close', cancel);
  }

  #end(): void {
    this.#state = 'closed';
    for (const stream of [...this.#streams.values()]) stream.close();
  }
}
