import { Duplex } from 'node:stream';
import { RESET } from './frames.ts';

/** What may be sent before the other end has said that it takes more: draft 3.1, §2.6.8. */
export const WINDOW_BYTES = 64 * 1024;

/** What streams need of their connection. */
export interface StreamCarrier {
  /** Waits for the windows and the connection; false when there is nobody to send to any more. */
  send(stream: SpdyStream, data: Buffer): Promise<boolean>;
  sendEnd(stream: SpdyStream): void;
  reset(id: number, status: number): void;
  /** The reader has taken so much: the client may send as much again. */
  acknowledge(stream: SpdyStream, size: number): void;
  forget(stream: SpdyStream): void;
}

/** One stream of a connection, to be used as `duplex`. */
export class SpdyStream {
  readonly id: number;
  readonly duplex: Duplex;
  sendWindow: number;
  readonly #connection: StreamCarrier;
  /** Received and not yet acknowledged. */
  #pending = 0;
  #sentEnd = false;
  #receivedEnd = false;
  #reset = false;

  constructor(id: number, connection: StreamCarrier, sendWindow: number) {
    this.id = id;
    this.#connection = connection;
    this.sendWindow = sendWindow;
    this.duplex = new Duplex({
      allowHalfOpen: true,
      highWaterMark: WINDOW_BYTES,
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        this.#send(chunk).then(done, done);
      },
      final: (done) => {
        this.#sentEnd = true;
        if (!this.#reset) connection.sendEnd(this);
        done();
      },
      destroy: (err, done) => {
        this.#dispose();
        done(err);
      },
    });
    // Node asks for more before it hands out what there is: only after that is it known what was taken.
    const read = this.duplex.read.bind(this.duplex);
    this.duplex.read = (size?: number): unknown => {
      const taken: unknown = read(size);
      this.#acknowledge();
      return taken;
    };
    // Whoever uses it sees the error at its own calls; nobody has to.
    this.duplex.on('error', () => undefined);
  }

  get isReset(): boolean {
    return this.#reset;
  }

  get isFull(): boolean {
    return this.duplex.readableLength > WINDOW_BYTES && !this.duplex.destroyed;
  }

  receive(data: Buffer, fin: boolean): void {
    if (this.#receivedEnd || this.duplex.destroyed) return;
    if (data.length > 0) {
      this.#pending += data.length;
      this.duplex.push(data);
      this.#acknowledge();
    }
    if (fin) this.endReading();
  }

  endReading(): void {
    if (this.#receivedEnd || this.duplex.destroyed) return;
    this.#receivedEnd = true;
    this.duplex.push(null);
  }

  /** The client gave it up, or is gone. */
  wasReset(): void {
    this.#reset = true;
    this.duplex.destroy(new Error('the stream was reset by the client'));
  }

  #acknowledge(): void {
    const taken = this.#pending - this.duplex.readableLength;
    const isWorthIt = taken >= WINDOW_BYTES / 2;
    if (isWorthIt) this.#pending -= taken;
    if (taken > 0) this.#connection.acknowledge(this, isWorthIt ? taken : 0);
  }

  async #send(chunk: Buffer): Promise<Error | null> {
    return (await this.#connection.send(this, chunk)) ? null : new Error('the client is gone');
  }

  #dispose(): void {
    const isComplete = this.#sentEnd && this.#receivedEnd;
    if (!isComplete && !this.#reset) this.#connection.reset(this.id, RESET.cancel);
    this.#reset = true;
    this.#connection.forget(this);
  }
}
