/** Frames of SPDY/3.1, as bytes: the SPDY Protocol, draft 3.1, §2.2 and §2.6. */
export interface DataFrame {
  readonly type: 'data';
  readonly streamId: number;
  readonly fin: boolean;
  readonly data: Buffer;
}

export interface ControlFrame {
  readonly type: 'control';
  readonly kind: number;
  readonly flags: number;
  readonly payload: Buffer;
}

export type Frame = DataFrame | ControlFrame;

export const SYN_STREAM = 1;
export const SYN_REPLY = 2;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PING = 6;
export const GOAWAY = 7;
export const HEADERS = 8;
export const WINDOW_UPDATE = 9;

export const FLAG_FIN = 1;
export const INITIAL_WINDOW_SIZE = 7;

/** Why a stream is reset, §2.6.3. */
export const RESET = { protocolError: 1, refusedStream: 3, cancel: 5, flowControlError: 7 } as const;

const VERSION = 3;
const HEADER_BYTES = 8;
/** Of what may come in one frame; what is known to speak SPDY stays far below. */
const MAX_FRAME_BYTES = 1024 * 1024;

export class FrameError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FrameError';
  }
}

/** Puts frames together again, however their bytes arrive. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;

  /** The frames that are complete with these bytes. Throws a `FrameError` for what is none. */
  *read(chunk: Buffer): Generator<Frame> {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    for (;;) {
      if (this.#size < HEADER_BYTES) return;
      const header = this.#peekHeader();
      const length = header.readUIntBE(5, 3);
      if (length > MAX_FRAME_BYTES) throw new FrameError(`a frame of ${length} bytes is too large`);
      if (this.#size < HEADER_BYTES + length) return;
      this.#take(HEADER_BYTES);
      yield frameOf(header, this.#take(length));
    }
  }

  #peekHeader(): Buffer {
    const [first] = this.#chunks;
    if (first !== undefined && first.length >= HEADER_BYTES) return first.subarray(0, HEADER_BYTES);
    const whole = Buffer.concat(this.#chunks);
    this.#chunks = [whole];
    return whole.subarray(0, HEADER_BYTES);
  }

  #take(length: number): Buffer {
    this.#size -= length;
    const [first] = this.#chunks;
    if (first === undefined || first.length < length) {
      const whole = Buffer.concat(this.#chunks);
      this.#chunks = [whole.subarray(length)];
      return whole.subarray(0, length);
    }
    if (first.length === length) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(length);
    return first.subarray(0, length);
  }
}

function frameOf(header: Buffer, payload: Buffer): Frame {
  const first = header.readUInt32BE(0);
  const flags = header.readUInt8(4);
  if (first < 0x8000_0000) return { type: 'data', streamId: first, fin: (flags & FLAG_FIN) !== 0, data: payload };
  const version = (first >>> 16) & 0x7fff;
  if (version !== VERSION) throw new FrameError(`version ${version} of SPDY is not spoken`);
  return { type: 'control', kind: first & 0xffff, flags, payload };
}

export function dataHeader(streamId: number, length: number, fin: boolean): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(streamId, 0);
  header.writeUInt8(fin ? FLAG_FIN : 0, 4);
  header.writeUIntBE(length, 5, 3);
  return header;
}

export function controlFrame(kind: number, numbers: readonly number[], rest?: Buffer, flags = 0): Buffer {
  const length = numbers.length * 4 + (rest?.length ?? 0);
  const head = Buffer.alloc(HEADER_BYTES + numbers.length * 4);
  head.writeUInt32BE((0x8000_0000 | (VERSION << 16) | kind) >>> 0, 0);
  head.writeUInt8(flags, 4);
  head.writeUIntBE(length, 5, 3);
  for (const [index, number] of numbers.entries()) head.writeUInt32BE(number, HEADER_BYTES + index * 4);
  return rest === undefined ? head : Buffer.concat([head, rest]);
}
