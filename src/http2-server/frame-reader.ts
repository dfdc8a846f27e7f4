import { connectionError } from './http2-error.ts';
import { CODE, DEFAULT_FRAME_BYTES, FRAME_HEADER_BYTES, PREFACE } from './protocol.ts';

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  /** A view of what was read. */
  readonly payload: Buffer;
}

/** Cuts what a client sends into frames. Holds no more than a part of one. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void;
  #parts: Buffer[] = [];
  #partsBytes = 0;
  #neededBytes = PREFACE.length;
  #isGreeted = false;

  /** What `onFrame` throws ends the reading: `push` must not be called again. */
  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  /** Throws a connection error for what is no HTTP/2. */
  push(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#partsBytes += chunk.length;
    if (this.#partsBytes < this.#neededBytes) return;
    const bytes = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts, this.#partsBytes);
    const rest = this.#read(bytes);
    this.#parts = rest === bytes.length ? [] : [bytes.subarray(rest)];
    this.#partsBytes = bytes.length - rest;
  }

  /** How much of `bytes` was read; `#neededBytes` is then what it takes to go on. */
  #read(bytes: Buffer): number {
    let at = 0;
    if (!this.#isGreeted) {
      if (!bytes.subarray(0, PREFACE.length).equals(PREFACE)) throw connectionError('the preface of HTTP/2 is missing');
      this.#isGreeted = true;
      at = PREFACE.length;
    }
    for (;;) {
      this.#neededBytes = FRAME_HEADER_BYTES;
      if (bytes.length - at < FRAME_HEADER_BYTES) return at;
      const length = bytes.readUIntBE(at, 3);
      if (length > DEFAULT_FRAME_BYTES) throw connectionError('a frame is too long', CODE.frameSizeError);
      this.#neededBytes += length;
      if (bytes.length - at < this.#neededBytes) return at;
      const start = at + FRAME_HEADER_BYTES;
      const [type, flags] = [bytes.readUInt8(at + 3), bytes.readUInt8(at + 4)];
      const streamId = bytes.readUInt32BE(at + 5) & 0x7fff_ffff;
      at = start + length;
      this.#onFrame({ type, flags, streamId, payload: bytes.subarray(start, at) });
    }
  }
}
