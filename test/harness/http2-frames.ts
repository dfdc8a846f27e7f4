import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface SeenFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

export const [DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS] = [0, 1, 2, 3, 4];
export const [PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION] = [5, 6, 7, 8, 9];
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** `GET / HTTP/2` of the host `a`. */
export const GET = Buffer.from('828684410161', 'hex');
/** The same with POST. */
export const POST = Buffer.from('838684410161', 'hex');

export function frame(type: number, flags = 0, streamId = 0, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

export function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

/** A client that says what it is told to, whether it is HTTP/2 or not. */
export class FrameClient implements AsyncDisposable {
  readonly frames: SeenFrame[] = [];
  readonly socket: Socket;
  #rest: Buffer = Buffer.alloc(0);
  isClosed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.once('close', () => (this.isClosed = true));
    socket.on('data', (chunk: Buffer) => {
      this.#read(chunk);
    });
  }

  static async open(port: number): Promise<FrameClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new FrameClient(socket);
  }

  /** With its preface, and settings that say nothing. */
  static async greet(port: number): Promise<FrameClient> {
    const client = await FrameClient.open(port);
    client.send(PREFACE, frame(SETTINGS));
    return client;
  }

  send(...parts: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  seen(type: number, streamId?: number): readonly SeenFrame[] {
    return this.frames.filter((one) => one.type === type && (streamId === undefined || one.streamId === streamId));
  }

  /** The code of the GOAWAY, once there is one. */
  get goAway(): number | undefined {
    return this.seen(GOAWAY)[0]?.payload.readUInt32BE(4);
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 9) {
      const length = this.#rest.readUIntBE(0, 3);
      if (this.#rest.length < 9 + length) return;
      const [type, flags] = [this.#rest.readUInt8(3), this.#rest.readUInt8(4)];
      const payload = this.#rest.subarray(9, 9 + length);
      this.frames.push({ type, flags, streamId: this.#rest.readUInt32BE(5), payload });
      this.#rest = this.#rest.subarray(9 + length);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
  }
}
