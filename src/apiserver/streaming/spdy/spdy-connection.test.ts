import { once } from 'node:events';
import { duplexPair, type Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { constants, createDeflate } from 'node:zlib';
import { expect, it } from 'vitest';
import {
  controlFrame,
  dataHeader,
  FrameReader,
  PING,
  SYN_REPLY,
  SYN_STREAM,
  WINDOW_UPDATE,
  type Frame,
} from './frames.ts';
import type { Headers } from './header-block.ts';
import { headerDictionary } from './header-dictionary.ts';
import { SpdyConnection } from './spdy-connection.ts';

/** A client of SPDY that does what it is told, byte by byte. */
class RawClient implements AsyncDisposable {
  readonly socket: Duplex;
  readonly #server: Duplex;
  readonly connection: SpdyConnection;
  readonly frames: Frame[] = [];
  readonly opened: { readonly stream: Duplex; readonly headers: Headers }[] = [];
  readonly #deflate = createDeflate({ dictionary: headerDictionary() });
  #receivedBytes = 0;

  constructor() {
    const [client, server] = duplexPair();
    this.socket = client;
    this.#server = server;
    this.connection = new SpdyConnection(server, {
      onStream: (stream, headers) => this.opened.push({ stream, headers }),
    });
    const reader = new FrameReader();
    client.on('data', (chunk: Buffer) => {
      for (const frame of reader.read(chunk)) {
        if (frame.type === 'data') this.#receivedBytes += frame.data.length;
        this.frames.push(frame);
      }
    });
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  async open(id: number, headers: Readonly<Record<string, string>>): Promise<Duplex> {
    const parts = Object.entries(headers).flatMap(([name, value]) => [name, value]);
    const block = Buffer.concat([
      uint32(parts.length / 2),
      ...parts.flatMap((text) => [uint32(text.length), Buffer.from(text)]),
    ]);
    this.#deflate.write(block);
    await new Promise<void>((resolve) => {
      this.#deflate.flush(constants.Z_SYNC_FLUSH, resolve);
    });
    // @NOTE it gives bytes, a piece at a time.
    const packed = Buffer.concat([...untilNull(() => this.#deflate.read() as Buffer | null)]);
    this.socket.write(controlFrame(SYN_STREAM, [id, 0], Buffer.concat([Buffer.alloc(2), packed])));
    const before = this.opened.length;
    await expect.poll(() => this.opened.length, { interval: 1 }).toBe(before + 1);
    return this.opened[before]?.stream ?? this.socket;
  }

  send(id: number, data: Buffer, fin = false): void {
    this.socket.write(Buffer.concat([dataHeader(id, data.length, fin), data]));
  }

  grant(id: number, bytes: number): void {
    this.socket.write(controlFrame(WINDOW_UPDATE, [id, bytes]));
  }

  control(kind: number): readonly Frame[] {
    return this.frames.filter((frame) => frame.type === 'control' && frame.kind === kind);
  }

  vanish(): void {
    this.#server.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    this.connection.close();
  }
}

function* untilNull<T>(next: () => T | null): Generator<T> {
  for (let one = next(); one !== null; one = next()) yield one;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('puts frames together again, however they are cut', () => {
  const frames = Array.from({ length: 50 }, (_, index) =>
    index % 2 === 0
      ? controlFrame(PING, [index])
      : Buffer.concat([dataHeader(1, index * 13, index % 3 === 0), Buffer.alloc(index * 13, index)]),
  );
  const whole = Buffer.concat(frames);
  for (let seed = 1; seed <= 20; seed++) {
    const reader = new FrameReader();
    const found: Frame[] = [];
    for (let at = 0, step = seed; at < whole.length; at += step, step = ((step * 7919 + seed) % 97) + 1) {
      found.push(...reader.read(whole.subarray(at, at + step)));
    }
    const sizes = found.map((frame) => (frame.type === 'data' ? frame.data.length : frame.payload.readUInt32BE(0)));
    expect(sizes, `seed ${seed}`).toEqual(frames.map((_, index) => (index % 2 === 0 ? index : index * 13)));
  }
});

it('opens streams with headers that build on each other, replies, and answers pings', async () => {
  await using client = new RawClient();
  await client.open(1, { streamtype: 'error' });
  await client.open(3, { streamtype: 'data', port: '80' });
  expect(client.opened.map(({ headers }) => [...headers])).toEqual([
    [['streamtype', 'error']],
    [
      ['streamtype', 'data'],
      ['port', '80'],
    ],
  ]);
  client.socket.write(controlFrame(PING, [1]));
  await expect.poll(() => client.control(PING).length).toBe(1);
  expect(client.control(SYN_REPLY)).toHaveLength(2);
});

it('closes each direction by itself', async () => {
  await using client = new RawClient();
  const stream = await client.open(1, {});
  client.send(1, Buffer.from('question'), true);
  expect(await text(stream.iterator({ destroyOnReturn: false }))).toBe('question');
  stream.end('answer');
  await expect.poll(() => client.frames.some((frame) => frame.type === 'data' && frame.fin)).toBe(true);
  expect(client.receivedBytes).toBe('answer'.length);
  await expect.poll(() => client.connection.openStreams).toBe(0);
});

it('answers a client that has ended its side of the connection', async () => {
  await using client = new RawClient();
  const stream = await client.open(1, {});
  client.send(1, Buffer.from('question'));
  client.socket.end();
  expect(await text(stream.iterator({ destroyOnReturn: false }))).toBe('question');
  stream.end('answer');
  await expect.poll(() => client.receivedBytes).toBe('answer'.length);
});

it('sends no more than a client that opens windows has opened', async () => {
  await using client = new RawClient();
  const stream = await client.open(1, {});
  client.grant(1, 1);
  client.grant(0, 1);
  await settled();
  stream.write(Buffer.alloc(200_000));
  await expect.poll(() => client.receivedBytes).toBe(65_537);
  client.grant(1, 100_000);
  await settled();
  expect(client.receivedBytes).toBe(65_537);
  client.grant(0, 50_000);
  await expect.poll(() => client.receivedBytes).toBe(115_537);
  client.grant(0, 1_000_000);
  client.grant(1, 1_000_000);
  await expect.poll(() => client.receivedBytes).toBe(200_000);
});

it('opens windows as a stream is read, and not before', async () => {
  await using client = new RawClient();
  const stream = await client.open(1, {});
  for (let sent = 0; sent < 64; sent++) client.send(1, Buffer.alloc(1024));
  await expect.poll(() => stream.readableLength).toBe(65_536);
  const ofStream = () =>
    client.control(WINDOW_UPDATE).filter((frame) => frame.type === 'control' && frame.payload.readUInt32BE(0) === 1);
  expect(ofStream()).toHaveLength(0);
  stream.resume();
  await expect.poll(() => ofStream().length).toBeGreaterThan(0);
});

it('holds a client back that knows no windows while nobody reads', async () => {
  await using client = new RawClient();
  const stream = await client.open(1, {});
  const total = 20 * 1024 * 1024;
  const writing = (async () => {
    for (let sent = 0; sent < total; sent += 65_536) {
      const data = Buffer.alloc(65_536);
      if (!client.socket.write(Buffer.concat([dataHeader(1, data.length, sent + 65_536 === total), data]))) {
        await once(client.socket, 'drain');
      }
    }
  })();
  await expect.poll(() => stream.readableLength).toBeGreaterThan(65_536);
  await settled();
  expect(stream.readableLength).toBeLessThan(1024 * 1024);
  let received = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) received += chunk.length;
  await writing;
  expect(received).toBe(total);
});

it('lets go of everything when the client is gone', async () => {
  await using client = new RawClient();
  const stream = await client.open(1, {});
  client.vanish();
  await client.connection.done;
  expect(stream.destroyed).toBe(true);
  expect(client.connection.openStreams).toBe(0);
});

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
