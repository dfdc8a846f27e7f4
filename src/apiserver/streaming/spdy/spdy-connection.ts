import type { Duplex } from 'node:stream';
import {
  controlFrame,
  dataHeader,
  FLAG_FIN,
  FrameError,
  FrameReader,
  GOAWAY,
  HEADERS,
  INITIAL_WINDOW_SIZE,
  PING,
  RESET,
  RST_STREAM,
  SETTINGS,
  SYN_REPLY,
  SYN_STREAM,
  WINDOW_UPDATE,
  type ControlFrame,
  type DataFrame,
} from './frames.ts';
import { HeaderPacker, HeaderUnpacker, type Headers } from './header-block.ts';
import { SpdyStream, WINDOW_BYTES, type StreamCarrier } from './spdy-stream.ts';

export interface SpdyConnectionOptions {
  /** A stream that the client opened, with its headers. */
  readonly onStream: (stream: Duplex, headers: Headers) => void;
}

const MAX_STREAMS = 1000;
const MAX_DATA_BYTES = 32 * 1024;

/**
 * The server's end of SPDY/3.1 on a connection: streams that the client opens, with flow control in both directions.
 * Clients that know nothing of it (those in Go neither open windows nor look at ours) are held back, and hold us back,
 * by the connection alone.
 */
export class SpdyConnection implements StreamCarrier {
  readonly #transport: Duplex;
  readonly #options: SpdyConnectionOptions;
  readonly #streams = new Map<number, SpdyStream>();
  readonly #packer = new HeaderPacker();
  readonly #unpacker = new HeaderUnpacker();
  readonly #ended = Promise.withResolvers<undefined>();
  /** Set once the client was seen to open windows: until then there is no use in waiting for that. */
  #clientOpensWindows = false;
  #sendWindow = WINDOW_BYTES;
  #initialWindow = WINDOW_BYTES;
  #lastId = 0;
  #unacknowledged = 0;
  #goneAway = false;
  #change: PromiseWithResolvers<undefined> | undefined;

  constructor(transport: Duplex, options: SpdyConnectionOptions) {
    this.#transport = transport;
    this.#options = options;
    transport.on('drain', () => {
      this.#wake();
    });
    transport.once('close', () => {
      this.#over();
    });
    transport.on('error', () => {
      transport.destroy();
    });
    this.#serve().catch(() => {
      transport.destroy();
    });
  }

  /** Settles when the connection is closed, from whichever end. */
  get done(): Promise<undefined> {
    return this.#ended.promise;
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  /** No more streams; closes when what was written has gone out. */
  close(): void {
    this.#goneAway = true;
    if (!this.#transport.writable) return;
    this.#transport.end(controlFrame(GOAWAY, [this.#lastId, 0]));
  }

  async send(stream: SpdyStream, data: Buffer): Promise<boolean> {
    let rest = data;
    while (rest.length > 0) {
      const size = this.#sizeToSend(stream, rest.length);
      if (stream.isReset || !this.#transport.writable) return false;
      if (size > 0 && !this.#transport.writableNeedDrain) {
        this.#sendWindow -= size;
        stream.sendWindow -= size;
        this.#transport.cork();
        this.#transport.write(dataHeader(stream.id, size, false));
        this.#transport.write(rest.subarray(0, size));
        this.#transport.uncork();
        rest = rest.subarray(size);
      } else await this.#changed();
    }
    return true;
  }

  sendEnd(stream: SpdyStream): void {
    this.#write(dataHeader(stream.id, 0, true));
  }

  reset(id: number, status: number): void {
    this.#write(controlFrame(RST_STREAM, [id, status]));
  }

  acknowledge(stream: SpdyStream, size: number): void {
    if (size > 0 && !stream.isReset) this.#write(controlFrame(WINDOW_UPDATE, [stream.id, size]));
    this.#wake();
  }

  forget(stream: SpdyStream): void {
    this.#streams.delete(stream.id);
    this.#wake();
  }

  /** Until anything changes that someone may be waiting for. */
  async #changed(): Promise<void> {
    this.#change ??= Promise.withResolvers();
    await this.#change.promise;
  }

  #sizeToSend({ sendWindow }: SpdyStream, wanted: number): number {
    const window = this.#clientOpensWindows ? Math.min(sendWindow, this.#sendWindow) : Infinity;
    return Math.min(wanted, MAX_DATA_BYTES, window);
  }

  async #serve(): Promise<void> {
    const reader = new FrameReader();
    // A client that has said all is still answered.
    for await (const chunk of this.#transport.iterator({ destroyOnReturn: false })) {
      // @NOTE sockets and tunnels give bytes.
      for (const frame of reader.read(chunk as Buffer)) {
        if (frame.type === 'data') this.#onData(frame);
        else await this.#onControl(frame);
      }
      while (this.#isFull() && !this.#transport.destroyed) await this.#changed();
    }
    for (const stream of this.#streams.values()) stream.endReading();
  }

  /** A client that heeds windows never comes so far: the others are no longer read from. */
  #isFull(): boolean {
    return this.#streams.values().some((stream) => stream.isFull);
  }

  #onData({ streamId, fin, data }: DataFrame): void {
    const stream = this.#streams.get(streamId);
    this.#unacknowledged += data.length;
    if (this.#unacknowledged >= WINDOW_BYTES / 2) {
      this.#write(controlFrame(WINDOW_UPDATE, [0, this.#unacknowledged]));
      this.#unacknowledged = 0;
    }
    stream?.receive(data, fin);
  }

  async #onControl(frame: ControlFrame): Promise<void> {
    const { kind, payload } = frame;
    switch (kind) {
      case SYN_STREAM:
        await this.#onSynStream(frame);
        break;
      case HEADERS:
        // What they say is of no use here, but later blocks build on them.
        await this.#unpacker.unpack(payload.subarray(4));
        break;
      case SYN_REPLY:
        throw new FrameError('no stream was opened that could be replied to');
      case RST_STREAM:
        this.#streams.get(uint31(payload, 0))?.wasReset();
        break;
      case SETTINGS:
        this.#onSettings(payload);
        break;
      case PING:
        // Those of the client are odd.
        if (uint31(payload, 0) % 2 === 1) this.#write(controlFrame(PING, [payload.readUInt32BE(0)]));
        break;
      case WINDOW_UPDATE:
        this.#onWindowUpdate(uint31(payload, 0), uint31(payload, 4));
        break;
      case GOAWAY:
        this.#goneAway = true;
        break;
      default:
        // §2.2.1: kinds that are not known are passed over.
        break;
    }
  }

  async #onSynStream({ payload, flags }: ControlFrame): Promise<void> {
    const id = uint31(payload, 0);
    const headers = await this.#unpacker.unpack(payload.subarray(10));
    if (id % 2 === 0 || id <= this.#lastId) throw new FrameError(`a client cannot open stream ${id}`);
    this.#lastId = id;
    if (this.#goneAway || this.#streams.size >= MAX_STREAMS) {
      this.reset(id, RESET.refusedStream);
      return;
    }
    const stream = new SpdyStream(id, this, this.#initialWindow);
    this.#streams.set(id, stream);
    this.#write(controlFrame(SYN_REPLY, [id], this.#packer.pack(new Map())));
    if ((flags & FLAG_FIN) !== 0) stream.endReading();
    this.#options.onStream(stream.duplex, headers);
  }

  #onSettings(payload: Buffer): void {
    for (let left = payload.readUInt32BE(0), offset = 4; left > 0; left--, offset += 8) {
      if (payload.readUIntBE(offset + 1, 3) !== INITIAL_WINDOW_SIZE) continue;
      const size = uint31(payload, offset + 4);
      for (const stream of this.#streams.values()) stream.sendWindow += size - this.#initialWindow;
      this.#initialWindow = size;
      this.#clientOpensWindows = true;
    }
    this.#wake();
  }

  #onWindowUpdate(id: number, delta: number): void {
    this.#clientOpensWindows = true;
    const stream = this.#streams.get(id);
    if (id === 0) this.#sendWindow += delta;
    else if (stream !== undefined) stream.sendWindow += delta;
    this.#wake();
  }

  #write(bytes: Buffer): void {
    if (this.#transport.writable) this.#transport.write(bytes);
  }

  #wake(): void {
    this.#change?.resolve(undefined);
    this.#change = undefined;
  }

  #over(): void {
    this.#unpacker.close();
    for (const stream of [...this.#streams.values()]) stream.wasReset();
    this.#wake();
    this.#ended.resolve(undefined);
  }
}

function uint31(bytes: Buffer, offset: number): number {
  return bytes.readUInt32BE(offset) & 0x7fff_ffff;
}
