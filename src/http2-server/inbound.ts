import type { Clock } from '../component-base/index.ts';
import { Allowance } from './allowance.ts';
import type { Frame } from './frame-reader.ts';
import { frameText, uint32Text } from './frame-text.ts';
import { HeaderBlocks, unpadded, type HeaderBlock } from './header-blocks.ts';
import { HpackDecoder } from './hpack/decoder.ts';
import { connectionError, Http2Error, streamError } from './http2-error.ts';
import type { Outbox } from './outbox.ts';
import { CODE, DEFAULT_WINDOW_BYTES, FLAG, FRAME } from './protocol.ts';
import { ReceiveWindow } from './receive-window.ts';
import { RequestHeadReader, type RequestHead } from './request-head.ts';
import { readSettings } from './settings.ts';
import type { Http2Stream } from './stream.ts';

export interface InboundDeps {
  readonly clock: Clock;
  readonly limits: { readonly streams: number; readonly headerBytes: number; readonly waitingBytes: number };
  /** Of what clients send on all streams of the connection. */
  readonly windowBytes: number;
  readonly outbox: Outbox;
  readonly streams: ReadonlyMap<number, Http2Stream>;
  readonly open: (id: number, head: RequestHead | 'long', endsStream: boolean) => void;
  readonly isLeaving: () => boolean;
  /** The client asks for nothing more. */
  readonly left: () => void;
}

/** Requests that are taken back cost more than they cost the client: CVE-2023-44487. Watches all end so, too. */
const TAKEN_BACK = { burst: 1_000, perSecond: 33 };
/** Frames that ask for nothing. */
const IDLE_FRAMES = { burst: 10_000, perSecond: 330 };
const [PING_BYTES, PRIORITY_BYTES, UINT32_BYTES, MIN_GO_AWAY_BYTES] = [8, 5, 4, 8];

/** What a client says, frame by frame: RFC 9113 §6. */
export class Inbound {
  readonly #deps: InboundDeps;
  readonly #decoder = new HpackDecoder();
  readonly #blocks: HeaderBlocks;
  readonly #window: ReceiveWindow;
  readonly #takenBack: Allowance;
  readonly #idleFrames: Allowance;
  #isGreeted = false;
  #lastStreamId = 0;
  #clientWindowBytes = DEFAULT_WINDOW_BYTES;

  constructor(deps: InboundDeps) {
    this.#deps = deps;
    // Fields are seldom shorter in a block than they are by themselves.
    this.#blocks = new HeaderBlocks(deps.limits.headerBytes * 2);
    this.#window = new ReceiveWindow(deps.windowBytes);
    this.#takenBack = new Allowance(deps.clock, TAKEN_BACK);
    this.#idleFrames = new Allowance(deps.clock, IDLE_FRAMES);
  }

  get lastStreamId(): number {
    return this.#lastStreamId;
  }

  /** What the client takes of a new stream. */
  get clientWindowBytes(): number {
    return this.#clientWindowBytes;
  }

  /** So much of what the client sent is out of the way. */
  giveBack(bytes: number): void {
    const widened = this.#window.give(bytes);
    if (widened > 0) this.#say(FRAME.windowUpdate, FLAG.none, 0, uint32Text(widened));
  }

  /** Throws a connection error; what is wrong with one stream ends that one. */
  take(frame: Frame): void {
    try {
      this.#check(frame);
      this.#take(frame);
    } catch (err) {
      if (!(err instanceof Http2Error) || err.streamId === undefined) throw err;
      this.#refuse(err.streamId, err.code);
    }
  }

  #check(frame: Frame): void {
    if (!this.#isGreeted && frame.type !== FRAME.settings) throw connectionError('the settings are missing');
    this.#isGreeted = true;
    this.#blocks.check(frame);
  }

  #take(frame: Frame): void {
    switch (frame.type) {
      case FRAME.data:
        this.#data(frame);
        break;
      case FRAME.headers:
      case FRAME.continuation:
        this.#headers(frame);
        break;
      case FRAME.resetStream:
        this.#reset(frame);
        break;
      case FRAME.windowUpdate:
        this.#windowUpdate(frame);
        break;
      case FRAME.pushPromise:
        throw connectionError('clients promise nothing');
      default:
        this.#aside(frame);
    }
  }

  /** What is about no request. */
  #aside(frame: Frame): void {
    if (!this.#idleFrames.take()) throw connectionError('too many frames ask for nothing', CODE.enhanceYourCalm);
    switch (frame.type) {
      case FRAME.settings:
        this.#settings(frame);
        break;
      case FRAME.ping:
        requireForm(frame, frame.streamId === 0, frame.payload.length === PING_BYTES);
        if ((frame.flags & FLAG.ack) === 0) this.#say(FRAME.ping, FLAG.ack, 0, frame.payload.toString('latin1'));
        break;
      case FRAME.goAway:
        requireForm(frame, frame.streamId === 0, frame.payload.length >= MIN_GO_AWAY_BYTES);
        this.#deps.left();
        break;
      case FRAME.priority:
        // RFC 9113 §5.3.2 does away with them.
        requireForm(frame, frame.streamId !== 0, frame.payload.length === PRIORITY_BYTES);
    }
  }

  #settings(frame: Frame): void {
    const { flags, payload } = frame;
    const isAck = (flags & FLAG.ack) !== 0;
    requireForm(frame, frame.streamId === 0, isAck ? payload.length === 0 : payload.length % 6 === 0);
    if (isAck) return;
    const { initialWindowBytes = this.#clientWindowBytes } = readSettings(payload);
    const widened = initialWindowBytes - this.#clientWindowBytes;
    this.#clientWindowBytes = initialWindowBytes;
    if (widened !== 0) {
      for (const stream of this.#deps.streams.values()) {
        const error = stream.widen(widened);
        if (error !== undefined) throw connectionError(error.message, error.code);
      }
    }
    this.#say(FRAME.settings, FLAG.ack, 0, '');
  }

  #headers(frame: Frame): void {
    this.#requireStream(frame);
    const block = this.#blocks.take(frame);
    if (block === undefined) return;
    if (block.streamId > this.#lastStreamId) this.#request(block);
    else this.#trailers(block);
  }

  #request({ streamId, endsStream, bytes }: HeaderBlock): void {
    if (streamId % 2 === 0) throw connectionError('a stream of the server');
    this.#lastStreamId = streamId;
    const { limits, streams, outbox, isLeaving, open } = this.#deps;
    const reader = new RequestHeadReader(limits.headerBytes);
    this.#decoder.decode(bytes, (field) => {
      reader.add(field);
    });
    if (isLeaving()) throw streamError(streamId, 'the server leaves', CODE.refusedStream);
    if (streams.size >= limits.streams) {
      this.#requireCalm();
      throw streamError(streamId, 'too many streams', CODE.refusedStream);
    }
    if (outbox.waitingBytes > limits.waitingBytes) throw streamError(streamId, 'slow', CODE.enhanceYourCalm);
    const head = reader.read();
    if (head === 'malformed') throw streamError(streamId, 'the request is malformed');
    open(streamId, head, endsStream);
  }

  /** They are of no use to this server, but the next headers cannot be read without them. */
  #trailers({ streamId, endsStream, bytes }: HeaderBlock): void {
    let isWrong = !endsStream;
    this.#decoder.decode(bytes, ({ name }) => {
      if (name.startsWith(':')) isWrong = true;
    });
    const stream = this.#deps.streams.get(streamId);
    if (stream === undefined) this.#requireCalm();
    else if (isWrong || stream.body.isEnded || !stream.body.end()) throw streamError(streamId, 'trailers out of place');
  }

  #data(frame: Frame): void {
    this.#requireStream(frame);
    const { streamId, flags, payload } = frame;
    if (!this.#window.take(payload.length)) {
      throw connectionError('more than the window of the connection', CODE.flowControlError);
    }
    const data = unpadded(frame);
    const endsStream = (flags & FLAG.endStream) !== 0;
    if (data.length === 0 && !endsStream) this.#requireCalm();
    const stream = this.#deps.streams.get(streamId);
    if (stream === undefined) {
      this.giveBack(payload.length);
      this.#requireCalm();
      return;
    }
    const { body } = stream;
    if (body.isEnded) {
      this.giveBack(payload.length);
      throw streamError(streamId, 'data after the end', CODE.streamClosed);
    }
    switch (body.receive(data, payload.length - data.length)) {
      case 'overflows':
        throw connectionError('more than the window of the stream', CODE.flowControlError);
      case 'too long':
        this.giveBack(payload.length);
        throw streamError(streamId, 'the body is longer than it was said to be');
      case 'fits':
        if (endsStream && !body.end()) throw streamError(streamId, 'the body is shorter than it was said to be');
    }
  }

  #reset(frame: Frame): void {
    this.#requireStream(frame);
    requireForm(frame, true, frame.payload.length === UINT32_BYTES);
    const stream = this.#deps.streams.get(frame.streamId);
    if (stream === undefined) {
      this.#requireCalm();
      return;
    }
    if (!this.#takenBack.take()) {
      throw connectionError('too many requests are taken back', CODE.enhanceYourCalm);
    }
    stream.close();
  }

  #windowUpdate(frame: Frame): void {
    const { streamId, payload } = frame;
    requireForm(frame, true, payload.length === UINT32_BYTES);
    const bytes = payload.readUInt32BE() & 0x7fff_ffff;
    if (streamId === 0) {
      if (bytes === 0) throw connectionError('a window that is widened by nothing');
      this.#deps.outbox.widen(bytes);
      return;
    }
    this.#requireStream(frame);
    if (bytes === 0) throw streamError(streamId, 'a window that is widened by nothing');
    const error = this.#deps.streams.get(streamId)?.widen(bytes);
    if (error !== undefined) throw error;
  }

  /** Throws for frames of no stream, or of one that was never begun. */
  #requireStream({ type, streamId }: Frame): void {
    if (streamId === 0) throw connectionError('a frame of no stream');
    const begins = type === FRAME.headers || type === FRAME.continuation;
    if (streamId > this.#lastStreamId && !begins) throw connectionError('a frame of a stream that was not begun');
  }

  #requireCalm(): void {
    if (!this.#idleFrames.take()) throw connectionError('too many frames of no use', CODE.enhanceYourCalm);
  }

  #refuse(streamId: number, code: number): void {
    const stream = this.#deps.streams.get(streamId);
    if (stream === undefined) this.#say(FRAME.resetStream, FLAG.none, streamId, uint32Text(code));
    else stream.reset(code);
  }

  #say(type: number, flags: number, streamId: number, payload: string): void {
    this.#deps.outbox.say(frameText(type, flags, streamId, payload));
  }
}

function requireForm({ type }: Frame, isPlaced: boolean, isLong: boolean): void {
  if (!isPlaced) throw connectionError(`a frame of type ${type} of the wrong stream`);
  if (!isLong) throw connectionError(`a frame of type ${type} of the wrong length`, CODE.frameSizeError);
}
