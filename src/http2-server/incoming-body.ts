import { Readable } from 'node:stream';
import { ReceiveWindow } from './receive-window.ts';

export interface IncomingBodyDeps {
  /** As much of it has been read, or will not be. */
  readonly read: (bytes: number) => void;
  /** The client may send as much more. */
  readonly widen: (bytes: number) => void;
}

/** What a client sends with a request; it is told to wait while nobody reads. */
export class IncomingBody {
  readonly readable: Readable;
  readonly #deps: IncomingBodyDeps;
  readonly #window: ReceiveWindow;
  readonly #expectedBytes: number | undefined;
  #receivedBytes = 0;
  #unreadBytes = 0;
  #isEnded = false;

  constructor(windowBytes: number, expectedBytes: number | undefined, deps: IncomingBodyDeps) {
    this.#window = new ReceiveWindow(windowBytes);
    this.#expectedBytes = expectedBytes;
    this.#deps = deps;
    this.readable = new Readable({
      read: () => {
        this.#giveBack();
      },
    });
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Whether it fits into the window; padding counts, and is nobody's to read. */
  receive(data: Buffer, padding: number): 'fits' | 'overflows' | 'too long' {
    if (!this.#window.take(data.length + padding)) return 'overflows';
    this.#receivedBytes += data.length;
    if (this.#receivedBytes > (this.#expectedBytes ?? Infinity)) return 'too long';
    this.#unreadBytes += data.length + padding;
    // Nobody is there to read what comes after the answer.
    if (data.length === 0 || this.readable.destroyed || this.readable.push(data)) this.#giveBack();
    return 'fits';
  }

  /** Whether it is as long as it was said to be. */
  end(): boolean {
    if (this.#expectedBytes !== undefined && this.#receivedBytes !== this.#expectedBytes) return false;
    this.#isEnded = true;
    this.readable.push(null);
    return true;
  }

  /** The stream is closed. Who reads learns it, when there was more to come. */
  close(error: Error): void {
    const { readable } = this;
    const isHeard = !this.#isEnded && readable.listenerCount('error') > 0;
    readable.destroy(isHeard ? error : undefined);
    this.#deps.read(this.#unreadBytes);
    this.#unreadBytes = 0;
  }

  #giveBack(): void {
    if (this.#unreadBytes === 0) return;
    const bytes = this.#unreadBytes;
    this.#unreadBytes = 0;
    this.#deps.read(bytes);
    const widened = this.#isEnded ? 0 : this.#window.give(bytes);
    if (widened > 0) this.#deps.widen(widened);
  }
}
