import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import http2 from 'node:http2';
import { promisify } from 'node:util';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, it } from 'vitest';
import type { Http2Request, Http2Response } from '../../src/http2-server/index.ts';
import { startHttp2Server } from '../harness/http2-server.ts';

const run = promisify(execFile);
const has = (program: string) => spawnSync(program, ['--version']).status === 0;
const LARGE = Buffer.from(Array.from({ length: 5_000_000 }, (_, i) => (i * 7) % 251));

/** Gives back what it gets, or `LARGE`. */
async function answer(request: Http2Request, response: Http2Response): Promise<void> {
  if (request.url === '/large') response.writeHead(200, { 'content-length': String(LARGE.length) }).end(LARGE);
  else if (request.url === '/piped')
    await pipeline(Readable.from([LARGE, LARGE]), response.writeHead(200).toWritable());
  else if (request.url === '/head')
    response.writeHead(200, { 'x-headers': JSON.stringify(request.headers) }).end('body');
  else {
    const body = Buffer.concat(await Array.fromAsync<Buffer>(request));
    response.writeHead(200, { 'content-type': 'text/plain' }).end(body);
  }
}

const serve = () =>
  startHttp2Server({
    onRequest: (request, response) => {
      answer(request, response).catch(() => response.destroy());
    },
  });

async function send(session: http2.ClientHttp2Session, path: string, body?: Buffer) {
  const stream = session.request({ ':path': path, ':method': body === undefined ? 'GET' : 'POST' });
  const response = once(stream, 'response');
  if (body !== undefined) stream.end(body);
  const received = Buffer.concat(await Array.fromAsync<Buffer>(stream));
  // @NOTE the event's first argument is the headers.
  const [headers] = (await response) as [http2.IncomingHttpHeaders & { ':status'?: number }];
  return { headers, body: received };
}

it('sends and takes more than fits any window, at once, to and from Node', async () => {
  await using server = await serve();
  const session = http2.connect(`http://127.0.0.1:${server.port}`, { maxSessionMemory: 1_000 });
  const [large, piped, ...echoes] = await Promise.all([
    send(session, '/large'),
    send(session, '/piped'),
    ...Array.from({ length: 10 }, (_, i) => send(session, '/echo', LARGE.subarray(0, i * 300_000))),
  ]);
  expect(large.body.equals(LARGE)).toBe(true);
  expect(piped.body.equals(Buffer.concat([LARGE, LARGE]))).toBe(true);
  for (const [i, echo] of echoes.entries()) expect(echo.body.equals(LARGE.subarray(0, i * 300_000))).toBe(true);
  session.close();
  await once(session, 'close');
});

it('tells of headers as of HTTP/1.1, and leaves out the body of HEAD', async () => {
  await using server = await serve();
  const session = http2.connect(`http://127.0.0.1:${server.port}`);
  const stream = session.request({
    ':method': 'HEAD',
    ':path': '/head',
    cookie: ['a=1', 'b=2'],
    accept: ['text/html', 'text/plain'],
    constructor: 'x',
  });
  const response = once(stream, 'response');
  const body = await Array.fromAsync(stream);
  // @NOTE the event's first argument is the headers.
  const [headers] = (await response) as [Record<string, string>];
  expect(body).toEqual([]);
  expect(JSON.parse(headers['x-headers'] ?? '')).toEqual({
    accept: 'text/html, text/plain',
    constructor: 'x',
    cookie: 'a=1; b=2',
    host: `127.0.0.1:${server.port}`,
  });
  expect(headers['date']).toMatch(/GMT$/);
  session.destroy();
});

it('tells who waits for it to go on', async () => {
  await using server = await serve();
  const session = http2.connect(`http://127.0.0.1:${server.port}`);
  const stream = session.request({ ':method': 'POST', ':path': '/echo', expect: '100-continue' });
  await once(stream, 'continue');
  stream.end('now');
  expect(Buffer.concat(await Array.fromAsync<Buffer>(stream)).toString()).toBe('now');
  session.destroy();
});

it('lets go on what was begun when it leaves, and takes nothing new', async () => {
  const begun: Http2Response[] = [];
  await using server = await startHttp2Server({ onRequest: (_, response) => begun.push(response) });
  const session = http2.connect(`http://127.0.0.1:${server.port}`);
  const first = send(session, '/');
  await expect.poll(() => begun.length).toBe(1);
  const left = once(session, 'goaway');
  for (const connection of server.connections) connection.close();
  expect(await left).toMatchObject([0, 1, undefined]);
  begun[0]?.writeHead(200).write('one, ');
  begun[0]?.end('two');
  expect((await first).body.toString()).toBe('one, two');
  await once(session, 'close');
});

it('ends with an error what is broken off, and tells the one that wrote', async () => {
  const events: string[] = [];
  await using server = await startHttp2Server({
    onRequest: (request, response) => {
      response
        .once('finish', () => events.push(`${request.url} finish`))
        .once('close', () => events.push(`${request.url} close`));
      response.writeHead(200).write('part');
      if (request.url === '/broken') setImmediate(() => response.destroy());
      else if (request.url === '/whole') response.end();
    },
  });
  const session = http2.connect(`http://127.0.0.1:${server.port}`);
  await expect(send(session, '/broken')).rejects.toThrow('INTERNAL_ERROR');
  await send(session, '/whole');
  const given = session.request({ ':path': '/given-up' });
  await once(given, 'response');
  given.close(http2.constants.NGHTTP2_CANCEL);
  await expect.poll(() => events).toEqual(['/broken close', '/whole finish', '/whole close', '/given-up close']);
  session.destroy();
});

it('closes a connection on which nothing is asked, but not one with an answer under way', async () => {
  const begun: Http2Response[] = [];
  await using server = await startHttp2Server({
    limits: { idleMs: 200 },
    onRequest: (_, response) => {
      response.writeHead(200).flushHeaders();
      begun.push(response);
    },
  });
  const busy = http2.connect(`http://127.0.0.1:${server.port}`);
  const answered = send(busy, '/');
  await expect.poll(() => begun.length).toBe(1);
  const idle = http2.connect(`http://127.0.0.1:${server.port}`);
  await once(idle, 'close');
  begun[0]?.end('there');
  expect((await answered).body.toString()).toBe('there');
  await once(busy, 'close');
});

it.skipIf(!has('curl'))('serves curl', async () => {
  await using server = await serve();
  const url = `http://127.0.0.1:${server.port}`;
  const curl = (...options: readonly string[]) => run('curl', ['-sS', '--http2-prior-knowledge', ...options]);
  const { stdout } = await curl(
    '--data-binary',
    'x'.repeat(100_000),
    `${url}/echo`,
    '-w',
    '%{http_version} %{http_code}',
  );
  expect(stdout).toBe(`${'x'.repeat(100_000)}2 200`);
  expect((await curl('-I', `${url}/head`)).stdout).toMatch(/^HTTP\/2 200 /);
});

it.skipIf(!has('h2load'))('serves h2load, many requests on few connections', async () => {
  await using server = await serve();
  const { stdout } = await run('h2load', ['-n', '2000', '-c', '4', '-m', '50', `http://127.0.0.1:${server.port}/echo`]);
  expect(stdout).toContain('2000 done, 2000 succeeded, 0 failed, 0 errored, 0 timeout');
});
