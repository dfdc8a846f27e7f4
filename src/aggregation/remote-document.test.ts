import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { FakeClock, silentLogger } from '../component-base/index.ts';
import { createCertificateAuthority, issueServingCertificate } from '../pki/index.ts';
import { RemoteDocument } from './remote-document.ts';

const MINUTE_MS = 60_000;
const VERSION = { group: 'x.example.com', version: 'v1' };

interface Answer {
  readonly status: number;
  readonly etag?: string;
  readonly body?: string;
}

const bodyOf = (description: string) =>
  JSON.stringify({ swagger: '2.0', paths: { '/apis/x.example.com/v1': { description } } });

const ca = await createCertificateAuthority();
const { key, certificate: cert } = await issueServingCertificate(ca, { commonName: 'x', hosts: ['x.default.svc'] });
const asked: (string | undefined)[] = [];
const remote: { answer: Answer | undefined } = { answer: undefined };
const server = createServer({ key, cert }, ({ headers, socket }, response) => {
  asked.push(headers['if-none-match']);
  const { answer } = remote;
  if (answer === undefined) {
    socket.destroy();
    return;
  }
  const { status, etag, body = '' } = answer;
  response.writeHead(status, etag === undefined ? {} : { etag }).end(body);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
// @NOTE a server that listens on TCP has an address.
const { port } = server.address() as AddressInfo;
const place = { host: '127.0.0.1', port, tls: { servername: 'x.default.svc', ca: ca.certificate } };

beforeEach(() => {
  asked.length = 0;
});

function start() {
  const clock = new FakeClock();
  const document = new RemoteDocument({ clock, log: silentLogger });
  const { signal } = new AbortController();
  const refresh = async (afterMs: number, answer?: Answer) => {
    await clock.advance(afterMs);
    remote.answer = answer;
    await document.refresh(place, VERSION, signal);
    return document.part;
  };
  return { document, refresh };
}

it('is asked for once a minute, and sent only when it is another one', async () => {
  const { refresh, document } = start();
  const first = { status: 200, etag: '"1"', body: bodyOf('first') };
  expect(await refresh(0, first)).toContain('first');
  await refresh(MINUTE_MS - 1, first);
  expect(asked).toEqual([undefined]);
  expect(await refresh(1, { status: 304 })).toContain('first');
  expect(await refresh(MINUTE_MS, { status: 200, etag: '"2"', body: bodyOf('second') })).toContain('second');
  expect(asked).toEqual([undefined, '"1"', '"1"']);
  document.expire();
  await refresh(0, first);
  expect(asked.at(-1)).toBeUndefined();
});

it('stays as it was when it cannot be had or read, and is asked for ever more seldom', async () => {
  const { refresh } = start();
  await refresh(0, { status: 200, etag: '"1"', body: bodyOf('first') });
  expect(await refresh(MINUTE_MS, { status: 200, body: 'no document' })).toContain('first');
  expect(await refresh(MINUTE_MS, { status: 500 })).toContain('first');
  await refresh(MINUTE_MS);
  expect(asked).toHaveLength(3);
  expect(await refresh(MINUTE_MS)).toContain('first');
  expect(asked).toHaveLength(4);
  expect(await refresh(4 * MINUTE_MS, { status: 200, body: bodyOf('second') })).toContain('second');
  await refresh(MINUTE_MS, { status: 304 });
  expect(asked).toHaveLength(6);
});

it('is gone when the server has none any more', async () => {
  const { refresh } = start();
  await refresh(0, { status: 200, body: bodyOf('first') });
  expect(await refresh(MINUTE_MS, { status: 404 })).toBeUndefined();
});

it('is not read when it is too large', async () => {
  const { refresh } = start();
  expect(await refresh(0, { status: 200, body: ' '.repeat(9 * 1024 * 1024) + bodyOf('first') })).toBeUndefined();
});
