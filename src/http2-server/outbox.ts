import { connectionError, type Http2Error } from './http2-error.ts';
import { CODE, DEFAULT_FRAME_BYTES, DEFAULT_WINDOW_BYTES, MAX_WINDOW_BYTES } from './protocol.ts';
import { framedBytes, type SendQueue } from './send-queue.ts';

/** What is used of the socket. */
export interface OutboxSocket {
  readonly writableNeedDrain: boolean;
  readonly writable: boolean;
  write(bytes: Buffer): unknown;
  on(event: 'drain', listener: () => void): unknown;
}

/** Written at once, when that much is there. */
const WRITE_BYTES = 256 * 1024;
/** Frames that are no data are sent whatever the windows say; who makes the server say that much and reads none is cut. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/**
 * Gathers what the streams of a connection say within a turn of the event loop, and writes it to the socket as one
 * buffer. The socket is given more only when it has sent what it has; until then everything waits where it is.
 */
export class Outbox {
  readonly #socket: OutboxSocket;
  readonly #failed: (error: Http2Error) => void;
  /** Those that had something to send, in the order of their turns; of some it may have been dropped since. */
  #ready: SendQueue[] = [];
  #text = '';
  #waitingBytes = 0;
  #windowBytes = DEFAULT_WINDOW_BYTES;
  #isScheduled = false;

  constructor(socket: OutboxSocket, failed: (error: Http2Error) => void) {
    this.#socket = socket;
    this.#failed = failed;
    socket.on('drain', () => {
      this.flush();
    });
  }

  /** Of data, of all streams. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** A frame that goes before all data that waits. */
  say(frame: string): void {
    this.#text += frame;
    if (this.#text.length > MAX_TEXT_BYTES) {
      this.#text = '';
      this.#failed(connectionError('the client reads none of the answers', CODE.enhanceYourCalm));
    } else this.#schedule();
  }

  add(queue: SendQueue, chunk: Buffer): void {
    queue.add(chunk);
    this.#waitingBytes += chunk.length;
    this.offer(queue);
  }

  /** To be called when a queue has come to its end, or got a larger window. */
  offer(queue: SendQueue): void {
    if (queue.isQueued || !queue.canSend()) return;
    queue.isQueued = true;
    this.#ready.push(queue);
    this.#schedule();
  }

  /** Nothing of it is sent any more. */
  drop(queue: SendQueue): void {
    this.#waitingBytes -= queue.waitingBytes;
    queue.clear();
  }

  /** Throws a connection error for a window that is larger than any. */
  widen(bytes: number): void {
    this.#windowBytes += bytes;
    if (this.#windowBytes > MAX_WINDOW_BYTES) {
      throw connectionError('the window of the connection is too large', CODE.flowControlError);
    }
    this.#schedule();
  }

  flush(): void {
    while (this.#socket.writable && !this.#socket.writableNeedDrain) {
      const share = Math.max(DEFAULT_FRAME_BYTES, Math.floor(WRITE_BYTES / this.#ready.length));
      const { size, turns } = this.#measure(share);
      if (size === 0) return;
      const buffer = Buffer.allocUnsafe(size);
      const served = this.#fill(buffer, share, turns);
      this.#socket.write(buffer);
      for (const queue of served) queue.onSent();
    }
  }

  /** Sends what is no data, whether the socket has room or not: there will be no other time. */
  flushText(): void {
    if (!this.#socket.writable || this.#text === '') return;
    this.#socket.write(Buffer.from(this.#text, 'latin1'));
    this.#text = '';
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  /** How much to write, and of how many of those that are ready: each has its share. */
  #measure(share: number): { readonly size: number; readonly turns: number } {
    let size = this.#text.length;
    let turns = 0;
    let window = this.#windowBytes;
    for (const queue of this.#ready) {
      if (queue.canSend()) {
        const bytes = Math.min(queue.sendableBytes, share, window);
        // What waits for the window of the connection; an end needs none.
        if (bytes <= 0 && queue.waitingBytes > 0) break;
        size += framedBytes(bytes);
        window -= bytes;
      }
      turns += 1;
      if (size >= WRITE_BYTES) break;
    }
    return { size, turns };
  }

  /** Whoever has more has the next turn after all others. Returns those that have sent all they had. */
  #fill(buffer: Buffer, share: number, turns: number): readonly SendQueue[] {
    let at = buffer.write(this.#text, 'latin1');
    this.#text = '';
    const served: SendQueue[] = [];
    const next = this.#ready.slice(turns);
    for (const queue of this.#ready.slice(0, turns)) {
      queue.isQueued = false;
      if (!queue.canSend()) continue;
      const bytes = Math.min(queue.sendableBytes, share, this.#windowBytes);
      this.#windowBytes -= bytes;
      this.#waitingBytes -= bytes;
      at = queue.write(buffer, at, bytes);
      if (queue.waitingBytes === 0) served.push(queue);
      if (!queue.canSend()) continue;
      queue.isQueued = true;
      next.push(queue);
    }
    this.#ready = next;
    return served;
  }
}
