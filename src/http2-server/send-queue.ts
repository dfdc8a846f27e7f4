import { ChunkList } from './chunk-list.ts';
import { DEFAULT_FRAME_BYTES, FLAG, FRAME, FRAME_HEADER_BYTES } from './protocol.ts';

/** What a stream has still to send. Chunks are not copied before they go: one of many readers costs its place here. */
export class SendQueue {
  readonly streamId: number;
  /** Kept by the outbox: it has its turn. */
  isQueued = false;
  /** To be called when everything that was added is on its way. */
  onSent: () => void = () => undefined;
  /** What the other end takes. May be negative: RFC 9113 §6.9.2. */
  windowBytes: number;
  readonly #chunks = new ChunkList();
  #waitingBytes = 0;
  #end: 'open' | 'wanted' | 'sent' = 'open';

  constructor(streamId: number, windowBytes: number) {
    this.streamId = streamId;
    this.windowBytes = windowBytes;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get isFinished(): boolean {
    return this.#end === 'sent';
  }

  /** Whether there is something to be sent that the window of the stream lets through. */
  canSend(): boolean {
    return this.#waitingBytes === 0 ? this.#end === 'wanted' : this.windowBytes > 0;
  }

  get sendableBytes(): number {
    return Math.min(this.#waitingBytes, Math.max(0, this.windowBytes));
  }

  add(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.add(chunk);
    this.#waitingBytes += chunk.length;
  }

  /** Nothing will be added. */
  end(): void {
    this.#end = 'wanted';
  }

  /** Drops everything: the stream is no more. */
  clear(): void {
    this.#chunks.clear();
    this.#waitingBytes = 0;
    this.#end = 'sent';
  }

  /** Writes frames with so many bytes of data, one without any when there are none; returns where they end. */
  write(target: Buffer, from: number, bytes: number): number {
    let [at, left] = [from, bytes];
    this.#waitingBytes -= bytes;
    this.windowBytes -= bytes;
    const isLast = this.#end === 'wanted' && this.#waitingBytes === 0;
    do {
      const length = Math.min(left, DEFAULT_FRAME_BYTES);
      left -= length;
      target.writeUIntBE(length, at, 3);
      target[at + 3] = FRAME.data;
      target[at + 4] = isLast && left === 0 ? FLAG.endStream : FLAG.none;
      target.writeUInt32BE(this.streamId, at + 5);
      at += FRAME_HEADER_BYTES;
      this.#chunks.copyTo(target, at, length);
      at += length;
    } while (left > 0);
    if (isLast) this.#end = 'sent';
    return at;
  }
}

/** What frames with so many bytes of data take, one at least. */
export function framedBytes(bytes: number): number {
  return bytes + FRAME_HEADER_BYTES * Math.max(1, Math.ceil(bytes / DEFAULT_FRAME_BYTES));
}
