import fc from 'fast-check';
import { expect, it } from 'vitest';
import { startHttp2Server } from '../harness/http2-server.ts';
import {
  CONTINUATION,
  DATA,
  frame,
  FrameClient,
  GET,
  GOAWAY,
  HEADERS,
  PING,
  POST,
  PRIORITY,
  PUSH_PROMISE,
  RST_STREAM,
  SETTINGS,
  uint32,
  WINDOW_UPDATE,
} from '../harness/http2-frames.ts';

const [END_STREAM, END_HEADERS, PADDED] = [0x1, 0x4, 0x8];
const [PROTOCOL, FLOW_CONTROL, STREAM_CLOSED, FRAME_SIZE, REFUSED] = [0x1, 0x3, 0x5, 0x6, 0x7];
const [COMPRESSION, CALM] = [0x9, 0xb];
const begun = frame(HEADERS, END_HEADERS, 1, POST);
const asked = frame(HEADERS, END_HEADERS | END_STREAM, 1, GET);
const settings = (id: number, value: number) =>
  frame(SETTINGS, 0, 0, Buffer.concat([Buffer.from([0, id]), uint32(value)]));
const literal = (name: string, value: string) =>
  Buffer.from(`\0${String.fromCharCode(name.length)}${name}${String.fromCharCode(value.length)}${value}`, 'latin1');

/** Answers nothing to `POST` before all of its body is there. */
const echo = () =>
  startHttp2Server({
    onRequest: (request, response) => {
      const answer = () => response.writeHead(200).end('hello');
      if (request.method !== 'POST') answer();
      else
        request
          .on('error', () => undefined)
          .on('end', answer)
          .resume();
    },
  });

it.each<[string, number, readonly Buffer[]]>([
  ['a frame longer than 16 KiB', FRAME_SIZE, [frame(DATA, 0, 1, Buffer.alloc(16_385))]],
  ['data of no stream', PROTOCOL, [frame(DATA, 0, 0, Buffer.alloc(1))]],
  ['data of a stream that was not begun', PROTOCOL, [frame(DATA, 0, 7, Buffer.alloc(1))]],
  ['headers of a stream of the server', PROTOCOL, [frame(HEADERS, END_HEADERS, 2, GET)]],
  ['headers that cannot be read', COMPRESSION, [frame(HEADERS, END_HEADERS, 1, Buffer.from([0xff]))]],
  ['headers of nothing but padding', PROTOCOL, [frame(HEADERS, END_HEADERS | PADDED, 1, Buffer.from([9, 0]))]],
  ['a frame within a header block', PROTOCOL, [frame(HEADERS, 0, 1, GET), frame(PING, 0, 0, Buffer.alloc(8))]],
  ['a CONTINUATION of another stream', PROTOCOL, [frame(HEADERS, 0, 1, GET), frame(CONTINUATION, END_HEADERS, 3)]],
  ['a CONTINUATION of nothing', PROTOCOL, [frame(CONTINUATION, END_HEADERS, 1, GET)]],
  ['a promise', PROTOCOL, [frame(PUSH_PROMISE, END_HEADERS, 1, uint32(2))]],
  ['a reset of a stream that was not begun', PROTOCOL, [frame(RST_STREAM, 0, 3, uint32(8))]],
  ['a reset of the wrong length', FRAME_SIZE, [begun, frame(RST_STREAM, 0, 1, Buffer.alloc(3))]],
  ['a ping of the wrong length', FRAME_SIZE, [frame(PING, 0, 0, Buffer.alloc(7))]],
  ['a ping of a stream', PROTOCOL, [frame(PING, 0, 1, Buffer.alloc(8))]],
  ['a priority of the wrong length', FRAME_SIZE, [frame(PRIORITY, 0, 1, Buffer.alloc(4))]],
  ['settings of the wrong length', FRAME_SIZE, [frame(SETTINGS, 0, 0, Buffer.alloc(5))]],
  ['an answer to settings that says something', FRAME_SIZE, [frame(SETTINGS, 1, 0, Buffer.alloc(6))]],
  ['a push that is neither on nor off', PROTOCOL, [settings(2, 2)]],
  ['a window that is too large', FLOW_CONTROL, [settings(4, 0x8000_0000)]],
  ['frames that are too small', PROTOCOL, [settings(5, 100)]],
  [
    'a window that grows too large by settings',
    FLOW_CONTROL,
    [begun, frame(WINDOW_UPDATE, 0, 1, uint32(0x7fff_0000)), settings(4, 0x7fff_ffff)],
  ],
  ['the window of the connection widened by nothing', PROTOCOL, [frame(WINDOW_UPDATE, 0, 0, uint32(0))]],
  ['the window of the connection widened too far', FLOW_CONTROL, [frame(WINDOW_UPDATE, 0, 0, uint32(0x7fff_ffff))]],
  ['a WINDOW_UPDATE of the wrong length', FRAME_SIZE, [frame(WINDOW_UPDATE, 0, 0, Buffer.alloc(3))]],
  ['pings without an end', CALM, Array<Buffer>(20_000).fill(frame(PING, 0, 0, Buffer.alloc(8)))],
  ['settings without an end', CALM, Array<Buffer>(20_000).fill(frame(SETTINGS))],
  ['empty data without an end', CALM, [begun, ...Array<Buffer>(20_000).fill(frame(DATA, 0, 1))]],
  [
    'headers without an end',
    CALM,
    [frame(HEADERS, 0, 1, GET), ...Array<Buffer>(100).fill(frame(CONTINUATION, 0, 1, Buffer.alloc(16_000)))],
  ],
  [
    'headers in a thousand parts',
    CALM,
    [frame(HEADERS, 0, 1, GET), ...Array<Buffer>(1_000).fill(frame(CONTINUATION, 0, 1))],
  ],
])('ends a connection with %s', async (_, code, frames) => {
  await using server = await echo();
  await using client = await FrameClient.greet(server.port);
  client.send(...frames);
  await expect.poll(() => client.goAway).toBe(code);
  await expect.poll(() => client.isClosed).toBe(true);
  await using next = await FrameClient.greet(server.port);
  next.send(asked);
  await expect.poll(() => next.seen(DATA, 1).length).toBe(1);
});

it.each<[string, number, readonly Buffer[]]>([
  [
    'names in capitals',
    PROTOCOL,
    [frame(HEADERS, END_HEADERS | END_STREAM, 1, Buffer.concat([GET, literal('A', 'b')]))],
  ],
  [
    'a header of one connection',
    PROTOCOL,
    [frame(HEADERS, END_HEADERS | END_STREAM, 1, Buffer.concat([GET, literal('connection', 'close')]))],
  ],
  [
    'a line break in a value',
    PROTOCOL,
    [frame(HEADERS, END_HEADERS | END_STREAM, 1, Buffer.concat([GET, literal('a', 'b\r\nc: d')]))],
  ],
  ['no path', PROTOCOL, [frame(HEADERS, END_HEADERS | END_STREAM, 1, Buffer.from('8286', 'hex'))]],
  ['two methods', PROTOCOL, [frame(HEADERS, END_HEADERS | END_STREAM, 1, Buffer.from('82828684', 'hex'))]],
  [
    'a method behind the headers',
    PROTOCOL,
    [frame(HEADERS, END_HEADERS | END_STREAM, 1, Buffer.concat([literal('a', 'b'), GET]))],
  ],
  [
    'less of a body than was said',
    PROTOCOL,
    [
      frame(HEADERS, END_HEADERS, 1, Buffer.concat([POST, literal('content-length', '5')])),
      frame(DATA, END_STREAM, 1, Buffer.alloc(4)),
    ],
  ],
  [
    'more of a body than was said',
    PROTOCOL,
    [
      frame(HEADERS, END_HEADERS, 1, Buffer.concat([POST, literal('content-length', '5')])),
      frame(DATA, 0, 1, Buffer.alloc(6)),
    ],
  ],
  ['trailers that do not end', PROTOCOL, [begun, frame(HEADERS, END_HEADERS, 1, literal('a', 'b'))]],
  [
    'data after the end',
    STREAM_CLOSED,
    [frame(HEADERS, END_HEADERS | END_STREAM, 1, POST), frame(DATA, 0, 1, Buffer.alloc(1))],
  ],
  ['its window widened by nothing', PROTOCOL, [begun, frame(WINDOW_UPDATE, 0, 1, uint32(0))]],
  ['its window widened too far', FLOW_CONTROL, [begun, frame(WINDOW_UPDATE, 0, 1, uint32(0x7fff_ffff))]],
])('ends a stream with %s, and goes on with the connection', async (_, code, frames) => {
  await using server = await startHttp2Server({
    onRequest: (request, response) => {
      if (request.method === 'GET') response.writeHead(200).end('hello');
      else request.on('error', () => undefined).resume();
    },
  });
  await using client = await FrameClient.greet(server.port);
  client.send(...frames, frame(HEADERS, END_HEADERS | END_STREAM, 3, GET));
  await expect.poll(() => client.seen(RST_STREAM, 1)[0]?.payload.readUInt32BE()).toBe(code);
  await expect.poll(() => client.seen(DATA, 3)[0]?.payload.toString()).toBe('hello');
  expect(client.goAway).toBeUndefined();
});

it('is not impressed by what is no HTTP/2 at all', async () => {
  await using server = await echo();
  await using client = await FrameClient.open(server.port);
  client.send(Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
  await expect.poll(() => client.goAway).toBe(PROTOCOL);
  await expect.poll(() => client.isClosed).toBe(true);
});

it('ignores frames and settings that it does not know, priorities and padding', async () => {
  await using server = await echo();
  await using client = await FrameClient.greet(server.port);
  const padded = Buffer.concat([Buffer.from([3]), uint32(0), Buffer.from([7]), GET, Buffer.alloc(3)]);
  client.send(frame(0xfa, 0xff, 3, Buffer.alloc(5)), settings(0xf0, 7), frame(PRIORITY, 0, 5, Buffer.alloc(5)));
  client.send(frame(HEADERS, END_HEADERS | END_STREAM | PADDED | 0x20, 1, padded));
  await expect.poll(() => client.seen(DATA, 1)[0]?.payload.toString()).toBe('hello');
});

it('has so many requests at a time and no more, however many are taken back', async () => {
  let open = 0;
  await using server = await startHttp2Server({
    limits: { streams: 2 },
    onRequest: (_, response) => {
      open += 1;
      response.once('close', () => (open -= 1));
    },
  });
  await using client = await FrameClient.greet(server.port);
  const get = (id: number) => frame(HEADERS, END_HEADERS | END_STREAM, id, GET);
  client.send(get(1), get(3), get(5));
  await expect.poll(() => client.seen(RST_STREAM, 5)[0]?.payload.readUInt32BE()).toBe(REFUSED);
  expect(open).toBe(2);
  for (let id = 7; id < 4_000; id += 2) client.send(frame(RST_STREAM, 0, id === 7 ? 1 : id - 2, uint32(8)), get(id));
  await expect.poll(() => client.goAway).toBe(CALM);
  await expect.poll(() => open).toBe(0);
});

it('refuses to do more for who leaves lying what was done', async () => {
  await using server = await startHttp2Server({
    limits: { waitingBytes: 1_000 },
    onRequest: (_, response) => response.writeHead(200).end(Buffer.alloc(2_000)),
  });
  await using client = await FrameClient.greet(server.port);
  client.send(settings(4, 0), frame(HEADERS, END_HEADERS | END_STREAM, 1, GET));
  await expect.poll(() => client.seen(HEADERS, 1).length).toBe(1);
  client.send(frame(HEADERS, END_HEADERS | END_STREAM, 3, GET));
  await expect.poll(() => client.seen(RST_STREAM, 3)[0]?.payload.readUInt32BE()).toBe(CALM);
  client.send(frame(WINDOW_UPDATE, 0, 1, uint32(2_000)));
  await expect.poll(() => client.seen(DATA, 1)[0]?.payload.length).toBe(2_000);
  client.send(frame(HEADERS, END_HEADERS | END_STREAM, 5, GET));
  await expect.poll(() => client.seen(HEADERS, 5).length).toBe(1);
});

it('answers, resets or says GOAWAY, whatever it is sent', async () => {
  const seed = 20261121;
  await using server = await echo();
  const payload = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
  const noise = fc.record({
    type: fc.integer({ min: 0, max: 11 }),
    flags: fc.integer({ min: 0, max: 255 }),
    id: fc.constantFrom(0, 1, 3, 5, 7, 2),
    payload: fc.oneof(payload, fc.constantFrom(GET, POST, uint32(1), Buffer.alloc(8))),
  });
  const one = async (frames: readonly { type: number; flags: number; id: number; payload: Buffer }[]) => {
    await using client = await FrameClient.greet(server.port);
    client.send(...frames.map((each) => frame(each.type, each.flags, each.id, each.payload)));
    // The server is alive, or has said why not.
    client.send(frame(PING, 0, 0, Buffer.from('are you?')));
    const isAnswered = () =>
      client.seen(GOAWAY).length > 0 || client.seen(PING).some((pong) => pong.payload.toString() === 'are you?');
    await expect.poll(isAnswered, { interval: 2 }).toBe(true);
  };
  await fc.assert(fc.asyncProperty(fc.array(noise, { minLength: 1, maxLength: 12 }), one), { numRuns: 200, seed });
  await using after = await FrameClient.greet(server.port);
  after.send(asked);
  await expect.poll(() => after.seen(DATA, 1).length).toBe(1);
});
