import { once } from 'node:events';
import { Duplex, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { CommandSession, Connection } from '../../src/apiserver/index.ts';
import { FakeClock } from '../../src/component-base/index.ts';
import type { TestApiServer } from '../harness/api-server.ts';
import { openWebSocket, podPath, startStreamingServer } from '../harness/streaming.ts';

const MIB = 1024 * 1024;
const LARGE = 64 * MIB;
const CHUNK = Buffer.alloc(64 * 1024, 'x');
/** What the sockets of both ends and the streams between them may hold. */
const HELD = 24 * MIB;
const HOUR_MS = 60 * 60_000;

const command = (run: (session: CommandSession, signal: AbortSignal) => Promise<number>) => async () => {
  const streams = { stdin: true, stdout: true, stderr: false, tty: false };
  return { type: 'command', streams, run } satisfies Connection;
};

/** So many bytes, made as they are asked for. */
function source(bytes: number) {
  const count = { made: 0 };
  const readable = new Readable({
    read: () => {
      if (count.made >= bytes) readable.push(null);
      else {
        count.made += CHUNK.length;
        readable.push(CHUNK);
      }
    },
  });
  return { count, readable };
}

/** Takes what comes once it is told to. */
function sink() {
  const count = { taken: 0 };
  const opened = Promise.withResolvers<undefined>();
  const writable = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      void opened.promise.then(() => {
        count.taken += chunk.length;
        done();
      });
    },
  });
  const open = () => {
    opened.resolve(undefined);
  };
  return { count, writable, open };
}

/** Until it has not changed for a while. */
async function settled(value: () => number): Promise<number> {
  let last = -1;
  await expect
    .poll(
      () => {
        const isSame = value() === last;
        last = value();
        return isSame && last > 0;
      },
      { interval: 100, timeout: 10_000 },
    )
    .toBe(true);
  return last;
}

describe('a client that reads slowly', () => {
  it('holds back a command, and gets all of it', async () => {
    const { count, readable } = source(LARGE);
    const exec = command(async ({ stdout }) => {
      if (stdout !== undefined) await pipeline(readable, stdout, { end: false });
      return 0;
    });
    await using api = await startStreamingServer({ exec });
    await using opened = await openWebSocket(api, podPath('exec'), ['v5.channel.k8s.io']);
    const { socket } = opened;
    socket.pause();
    expect(await settled(() => count.made)).toBeLessThan(HELD);
    let received = 0;
    socket.removeAllListeners('message').on('message', (message: Buffer) => {
      received += message[0] === 1 ? message.length - 1 : 0;
    });
    const before = opened.messages.reduce((sum, message) => sum + (message[0] === 1 ? message.length - 1 : 0), 0);
    socket.resume();
    expect(await opened.closed).toBe(1000);
    expect(before + received).toBe(LARGE);
  });

  it('holds back a forwarded port', async () => {
    const { count, readable } = source(LARGE);
    const writable = new Writable({
      write: (_chunk, _encoding, done) => {
        done();
      },
    });
    const port = Duplex.from({ readable: Readable.toWeb(readable), writable: Writable.toWeb(writable) });
    const portforward = async (): Promise<Connection> => ({ type: 'ports', connect: async () => port });
    await using api = await startStreamingServer({ portforward });
    const path = `${podPath('portforward')}?ports=80`;
    await using opened = await openWebSocket(api, path, ['v4.channel.k8s.io']);
    const { socket } = opened;
    socket.pause();
    expect(await settled(() => count.made)).toBeLessThan(HELD);
    let received = -2;
    for (const message of opened.messages) received += message[0] === 0 ? message.length - 1 : 0;
    socket.removeAllListeners('message').on('message', (message: Buffer) => {
      received += message[0] === 0 ? message.length - 1 : 0;
    });
    socket.resume();
    await opened.closed;
    expect(received).toBe(LARGE);
  });
});

it('holds back a client that sends faster than a command reads', async () => {
  const { count, writable, open } = sink();
  const exec = command(async ({ stdin }) => {
    if (stdin !== undefined) await pipeline(stdin, writable);
    return 0;
  });
  await using api = await startStreamingServer({ exec });
  await using opened = await openWebSocket(api, podPath('exec'), ['v5.channel.k8s.io']);
  const { socket } = opened;
  const data = Buffer.concat([Buffer.from([0]), Buffer.alloc(MIB, 'x')]);
  for (let sent = 0; sent < LARGE; sent += MIB) socket.send(data);
  socket.send(Buffer.from([255, 0]));
  expect(await settled(() => socket.bufferedAmount)).toBeGreaterThan(LARGE - HELD);
  expect(count.taken).toBe(0);
  open();
  expect(await opened.closed).toBe(1000);
  expect(count.taken).toBe(LARGE);
});

describe('connections that nothing comes of', () => {
  const streams = { stdin: false, stdout: true, stderr: false, tty: false };
  const never = (_session: CommandSession, signal: AbortSignal) =>
    new Promise<number>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve(1);
      });
    });
  const exec = async (): Promise<Connection> => ({ type: 'command', streams, run: never });
  const portforward = async (): Promise<Connection> => ({
    type: 'ports',
    connect: () => Promise.reject(new Error('nobody asked for this')),
  });

  /** A client that asks for SPDY and then says nothing. */
  async function silentSpdy(api: TestApiServer, part: string, protocol: string): Promise<TLSSocket> {
    const { hostname, port } = new URL(api.url);
    const { ca, admin } = api.certificates;
    const socket = connectTls({ host: hostname, port: Number(port), ca, cert: admin.certificate, key: admin.key });
    socket.on('error', () => undefined);
    const lines = [
      `POST ${podPath(part)}?command=x&stdout=true HTTP/1.1`,
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: SPDY/3.1',
      `X-Stream-Protocol-Version: ${protocol}`,
    ];
    socket.write([...lines, '', ''].join('\r\n'));
    const [head] = (await once(socket, 'data')) as [Buffer];
    expect(head.toString()).toMatch(/^HTTP\/1\.1 101 /);
    return socket;
  }

  it('end when a client does not open its streams in time', async () => {
    const clock = new FakeClock();
    await using api = await startStreamingServer({ exec }, { clock });
    const socket = await silentSpdy(api, 'exec', 'v4.channel.k8s.io');
    const closed = once(socket, 'close');
    await clock.advance(29_000);
    expect(socket.readyState).toBe('open');
    await clock.advance(1_000);
    await closed;
  });

  it('end when nobody has said anything for hours', async () => {
    const clock = new FakeClock();
    await using api = await startStreamingServer({ exec, portforward }, { clock });
    const socket = await silentSpdy(api, 'portforward', 'portforward.k8s.io');
    await using opened = await openWebSocket(api, podPath('exec'), ['v5.channel.k8s.io']);
    await expect.poll(() => opened.messages.length).toBe(1);
    const closed = once(socket, 'close');
    await clock.advance(4 * HOUR_MS);
    expect([socket.readyState, opened.socket.readyState]).toEqual(['open', 1]);
    await clock.advance(4 * HOUR_MS);
    await closed;
    expect(await opened.closed).toBe(1006);
    expect(clock.pending).toBe(0);
  });

  it('end with the client, and what they ran with them', async () => {
    const gone = Promise.withResolvers<undefined>();
    const run = async (session: CommandSession, signal: AbortSignal) => {
      const code = await never(session, signal);
      gone.resolve(undefined);
      return code;
    };
    await using api = await startStreamingServer({ exec: async () => ({ type: 'command', streams, run }) });
    await using opened = await openWebSocket(api, podPath('exec'), ['v5.channel.k8s.io']);
    opened.socket.terminate();
    await gone.promise;
  });

  it('end with the server', async () => {
    const api = await startStreamingServer({ exec });
    await using opened = await openWebSocket(api, podPath('exec'), ['v5.channel.k8s.io']);
    await api[Symbol.asyncDispose]();
    expect(await opened.closed).toBe(1006);
  });
});
