import { once } from 'node:events';
import { constants, createSecureServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Resource } from '../apimachinery/index.ts';
import { systemClock } from '../component-base/index.ts';
import { createTestCertificates } from '../../test/harness/certificates.ts';
import { createTransport } from './negotiating-transport.ts';
import { createRemoteClient } from './remote-client.ts';

/** Long enough for a busy machine. */
const soon = { timeout: 10_000, interval: 10 };

const things: Resource = { group: 'test', version: 'v1', kind: 'Thing', plural: 'things', namespaced: false };
const certificates = await createTestCertificates();
const { key, cert } = certificates.serving;

const FIRST_STREAM = 1;

type Handler = (stream: ServerHttp2Stream, turn: number) => void;

/** A server that does with each stream what the test says, and counts them. */
async function serve(handler: Handler) {
  const server = createSecureServer({ key, cert });
  const sockets = new Set<{ destroy(): unknown }>();
  let turns = 0;
  server.on('secureConnection', (socket: { destroy(): unknown }) => sockets.add(socket));
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => undefined);
    handler(stream, turns++);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // @NOTE a TCP server that listens has an address with a port.
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    client: () => createRemoteClient({ server: url, ca: certificates.ca }),
    transport: () => createTransport(new URL(url), { ca: certificates.ca, rejectUnauthorized: true }, systemClock),
    turns: () => turns,
    connections: () => sockets.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const ok = (stream: ServerHttp2Stream) => {
  stream.respond({ ':status': 200 });
  stream.end('{"metadata":{"name":"a"}}');
};
const ask = { method: 'POST', path: '/', headers: {}, body: '{}', signal: new AbortController().signal };

it('hands out a body that was there, and its stream closed, before anybody read it', async () => {
  await using server = await serve(ok);
  await using transport = server.transport();
  const { body } = await transport.request(ask);
  // Another question goes there and back: whatever there was to come of the first has come.
  await (await transport.request(ask)).body[Symbol.asyncIterator]().next();
  await nextTurn();
  let text = '';
  for await (const chunk of body) text += chunk.toString();
  expect(text).toBe('{"metadata":{"name":"a"}}');
});

it('takes in so much of what nobody reads, and all of it when somebody does', async () => {
  const SIZE = 8 << 20;
  let flushed = 0;
  await using server = await serve((stream, turn) => {
    if (turn > 0) {
      ok(stream);
      return;
    }
    stream.respond({ ':status': 200 });
    const part = Buffer.alloc(1 << 16);
    const write = (left: number) => {
      if (left === 0) return void stream.end();
      stream.write(part, () => {
        flushed += part.length;
        write(left - part.length);
      });
    };
    write(SIZE);
  });
  await using transport = server.transport();
  const { body } = await transport.request(ask);
  await expect.poll(() => flushed, soon).toBeGreaterThan(1 << 20);
  for (let turn = 0; turn < 5; turn++) for await (const _ of (await transport.request(ask)).body) await nextTurn();
  expect(flushed).toBeLessThan(SIZE / 2);
  let received = 0;
  for await (const chunk of body) received += chunk.length;
  expect(received).toBe(SIZE);
});

describe('a request that the server did not look at is sent again, whatever it asks', () => {
  it('when its stream was refused', async () => {
    await using server = await serve((stream, turn) => {
      if (turn < 3) stream.close(constants.NGHTTP2_REFUSED_STREAM);
      else ok(stream);
    });
    await using client = server.client();
    expect((await client.create(things, { metadata: { name: 'a' } })).metadata.name).toBe('a');
    expect(server.turns()).toBe(4);
    expect(server.connections()).toBe(1);
  });

  it.each([constants.NGHTTP2_NO_ERROR, constants.NGHTTP2_ENHANCE_YOUR_CALM])(
    'when the server went away before it, with code %d',
    async (code) => {
      await using server = await serve((stream, turn) => {
        if (turn === 1) stream.session?.goaway(code, FIRST_STREAM);
        else ok(stream);
      });
      await using client = server.client();
      await client.create(things, { metadata: { name: 'a' } });
      expect((await client.create(things, { metadata: { name: 'a' } })).metadata.name).toBe('a');
      expect(server.connections()).toBe(2);
    },
  );

  it('but not for ever', async () => {
    await using server = await serve((stream) => {
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
    });
    await using client = server.client();
    await expect(client.create(things, { metadata: { name: 'a' } })).rejects.toThrow(/refused the request .*REFUSED/);
    expect(server.turns()).toBe(5);
  });
});

describe('a request that the server may have served', () => {
  const breakOff: Handler = (stream) => {
    stream.respond({ ':status': 200, 'content-length': '100' });
    stream.end('{"meta');
  };

  it('is not sent again, and the error says how it ended', async () => {
    await using server = await serve(breakOff);
    await using client = server.client();
    await expect(client.create(things, { metadata: { name: 'a' } })).rejects.toThrow(
      /^POST https:.*the server broke its answer off \(PROTOCOL_ERROR\)$/,
    );
    expect(server.turns()).toBe(1);
  });

  it('is sent once more when it only reads', async () => {
    await using server = await serve((stream, turn) => {
      if (turn === 0) breakOff(stream, turn);
      else ok(stream);
    });
    await using client = server.client();
    expect((await client.get(things, { name: 'a' })).metadata.name).toBe('a');
  });

  it('fails with the reason that the server gave when it closed the connection', async () => {
    await using server = await serve((stream) => {
      stream.session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    });
    await using client = server.client();
    await expect(client.create(things, { metadata: { name: 'a' } })).rejects.toThrow(
      'the server closed the connection (ENHANCE_YOUR_CALM)',
    );
    expect(server.turns()).toBe(1);
  });
});
