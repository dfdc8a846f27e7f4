import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { createServer, type Server } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isConflict, isStatusError, type KubeObject, type Resource } from '../apimachinery/index.ts';
import { FakeClock } from '../component-base/index.ts';
import { createTestCertificates, type TestCertificates } from '../../test/harness/certificates.ts';
import { startSilentServer } from '../../test/harness/silent-server.ts';
import { createRemoteClient, type RemoteClientOptions } from './remote-client.ts';

const things: Resource = { group: 'test', version: 'v1', kind: 'Thing', plural: 'things', namespaced: true };
const key = { namespace: 'default', name: 'a' };

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly commonName: string | undefined;
}
interface Response {
  readonly stream: { on(event: 'close', fn: () => void): void };
  writeHead(status: number, headers?: Record<string, string>): unknown;
  write(chunk: string | Buffer): unknown;
  end(text?: string): unknown;
  destroy(): unknown;
}
type Handler = (request: Request, response: Response) => void;

const certificates: TestCertificates = await createTestCertificates();

/** A server whose answers are told by the test. */
async function serve(protocol: 'h2' | 'http/1.1', handler: Handler) {
  const options = {
    key: certificates.serving.key,
    cert: certificates.serving.cert,
    ca: certificates.ca,
    requestCert: true,
    rejectUnauthorized: false,
  };
  const requests: Request[] = [];
  const sockets = new Set<{ destroy(): unknown }>();
  const server: Server | Http2SecureServer = protocol === 'h2' ? createSecureServer(options) : createServer(options);
  server.on('secureConnection', (socket: { destroy(): unknown }) => sockets.add(socket));
  server.on('request', (incoming, outgoing) => {
    // @NOTE both kinds of server hand out what has these members.
    const [request, response] = [incoming as never, outgoing as never] as [
      Omit<Request, 'body'> &
        AsyncIterable<Buffer> & { socket: { getPeerCertificate?(): { subject?: { CN?: string } } } },
      Response,
    ];
    void (async () => {
      let body = '';
      for await (const chunk of request) body += chunk.toString('utf8');
      const commonName = request.socket.getPeerCertificate?.().subject?.CN;
      const whole = { method: request.method, url: request.url, headers: request.headers, body, commonName };
      requests.push(whole);
      handler(whole, response);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // @NOTE a TCP server that listens has an address with a port.
  const { port } = server.address() as AddressInfo;
  const url = `https://127.0.0.1:${port}`;
  const client = (more: Partial<RemoteClientOptions> = {}) =>
    createRemoteClient({ server: url, ca: certificates.ca, ...more });
  return {
    url,
    requests,
    connections: () => sockets.size,
    client,
    drop: () => {
      for (const socket of sockets) socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const thing = (name: string, more = {}) => ({
  apiVersion: 'test/v1',
  kind: 'Thing',
  metadata: { namespace: 'default', name, resourceVersion: '5' },
  ...more,
});
const json = (response: Response, value: unknown, status = 200, headers = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
};
const line = (type: string, object: unknown) => `${JSON.stringify({ type, object })}\n`;

async function collect(events: AsyncIterable<{ type: string; object: KubeObject }>) {
  const all: string[] = [];
  for await (const { type, object } of events) all.push(`${type} ${object.metadata.name ?? ''}`);
  return all;
}

describe.each(['h2', 'http/1.1'] as const)('a remote client over %s', (protocol) => {
  it('asks the paths and sends the bodies of the Kubernetes API', async () => {
    await using server = await serve(protocol, ({ method }, response) => {
      json(response, method === 'GET' ? thing('a') : thing('b'));
    });
    await using client = server.client();
    await client.get(things, key);
    await client.create(things, { metadata: key }, { dryRun: true, fieldManager: 'me', fieldValidation: 'Strict' });
    await client.update(things, thing('a'));
    await client.updateStatus(things, thing('a'));
    await client.patch(things, key, { type: 'merge', patch: { x: null } }, { subresource: 'status' });
    await client.patch(things, key, { type: 'json', patch: [{ op: 'test', path: '/a', value: 1 }] });
    await client.patch(things, key, { type: 'strategic', patch: {} });
    await client.delete(things, key, { gracePeriodSeconds: 0, preconditions: { uid: 'u' }, dryRun: true });
    await client.deleteCollection(things, { namespace: 'default', labelSelector: 'a=b' });
    await client.createSubresource(things, key, 'token', { metadata: {} });
    const root = '/apis/test/v1/namespaces/default/things';
    expect(
      server.requests.map(({ method, url, headers, body }) => [method, url, headers['content-type'], body]),
    ).toEqual([
      ['GET', `${root}/a`, undefined, ''],
      [
        'POST',
        `${root}?dryRun=All&fieldManager=me&fieldValidation=Strict`,
        'application/json',
        '{"apiVersion":"test/v1","kind":"Thing","metadata":{"namespace":"default","name":"a"}}',
      ],
      ['PUT', `${root}/a`, 'application/json', JSON.stringify(thing('a'))],
      ['PUT', `${root}/a/status`, 'application/json', JSON.stringify(thing('a'))],
      ['PATCH', `${root}/a/status`, 'application/merge-patch+json', '{"x":null}'],
      ['PATCH', `${root}/a`, 'application/json-patch+json', '[{"op":"test","path":"/a","value":1}]'],
      ['PATCH', `${root}/a`, 'application/strategic-merge-patch+json', '{}'],
      [
        'DELETE',
        `${root}/a`,
        'application/json',
        '{"apiVersion":"v1","kind":"DeleteOptions","gracePeriodSeconds":0,"preconditions":{"uid":"u"},"dryRun":["All"]}',
      ],
      ['DELETE', `${root}?labelSelector=a%3Db`, 'application/json', '{"apiVersion":"v1","kind":"DeleteOptions"}'],
      ['POST', `${root}/a/token`, 'application/json', '{"metadata":{}}'],
    ]);
  });

  it('names the kind of what a list leaves out', async () => {
    await using server = await serve(protocol, (_, response) => {
      json(response, { kind: 'ThingList', apiVersion: 'test/v1', metadata: {}, items: [{ metadata: { name: 'a' } }] });
    });
    await using client = server.client();
    const list = await client.list(things, { limit: 5, continue: 'next', fieldSelector: 'metadata.name=a' });
    expect(list.items).toEqual([{ apiVersion: 'test/v1', kind: 'Thing', metadata: { name: 'a' } }]);
    expect(server.requests[0]?.url).toBe('/apis/test/v1/things?fieldSelector=metadata.name%3Da&limit=5&continue=next');
  });

  it('takes an absent list of items for an empty one', async () => {
    await using server = await serve(protocol, (_, response) => {
      json(response, { kind: 'ThingList', apiVersion: 'test/v1', metadata: {}, items: null });
    });
    await using client = server.client();
    expect((await client.list(things)).items).toEqual([]);
  });

  it('shows who it is by certificate', async () => {
    await using server = await serve(protocol, (_, response) => {
      response.end('ok');
    });
    const { certificate, key: privateKey } = await certificates.issue('someone');
    await using client = server.client({ credentials: { certificate, key: privateKey } });
    expect(await client.raw('/healthz')).toBe('ok');
    if (protocol === 'http/1.1') expect(server.requests[0]?.commonName).toBe('someone');
  });

  it('shows who it is by token, asked anew for every call', async () => {
    await using server = await serve(protocol, (_, response) => {
      response.end('ok');
    });
    let asked = 0;
    await using client = server.client({ credentials: { token: async () => `t${++asked}` } });
    await client.raw('/version');
    await client.raw('/version', { accept: 'text/plain' });
    expect(server.requests.map(({ headers }) => [headers['authorization'], headers['accept']])).toEqual([
      ['Bearer t1', 'application/json'],
      ['Bearer t2', 'text/plain'],
    ]);
  });

  it('believes only a server whose certificate it can verify', async () => {
    await using server = await serve(protocol, (_, response) => {
      response.end('ok');
    });
    const stranger = await createTestCertificates();
    await using client = createRemoteClient({ server: server.url, ca: stranger.ca });
    await expect(client.raw('/healthz')).rejects.toThrow(/GET https:.*certificate/);
    await using careless = createRemoteClient({ server: server.url, insecureSkipTlsVerify: true });
    expect(await careless.raw('/healthz')).toBe('ok');
  });

  it('throws what the server says', async () => {
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'no',
      reason: 'Conflict',
    };
    await using server = await serve(protocol, ({ url }, response) => {
      if (url.startsWith('/apis')) json(response, { ...status, code: 409 }, 409);
      else json(response, 'a proxy is out of order', 502);
    });
    await using client = server.client();
    const conflict = await client.update(things, thing('a')).catch((err: unknown) => err);
    expect(isConflict(conflict)).toBe(true);
    await expect(client.raw('/healthz')).rejects.toMatchObject({ code: 502, message: '"a proxy is out of order"' });
  });

  it('waits and tries reads again when the server is busy, but not creates, nor for ever', async () => {
    let busy = 2;
    await using server = await serve(protocol, (_, response) => {
      if (busy-- > 0) json(response, 'busy', 429, { 'retry-after': '0' });
      else json(response, thing('a'));
    });
    await using client = server.client();
    expect((await client.get(things, key)).metadata.name).toBe('a');
    expect(server.requests).toHaveLength(3);
    busy = 1;
    await expect(client.create(things, { metadata: key })).rejects.toMatchObject({ code: 429 });
    expect(server.requests).toHaveLength(4);
    busy = Infinity;
    await expect(client.get(things, key)).rejects.toMatchObject({ code: 429, reason: 'TooManyRequests' });
    expect(server.requests).toHaveLength(9);
  });

  it('says what it tried when it reaches nobody', async () => {
    const server = await serve(protocol, () => undefined);
    await server[Symbol.asyncDispose]();
    await using client = server.client();
    const err = await client.get(things, key).catch((reason: unknown) => reason);
    expect(isStatusError(err)).toBe(false);
    expect(err).toMatchObject({ message: expect.stringMatching(/^GET https:.*ECONNREFUSED/) as string });
    expect(err).toHaveProperty('cause');
  });

  it('gives a call up when its time is over, and when told to', async () => {
    await using server = await serve(protocol, () => undefined);
    await using client = server.client({ callTimeoutMs: 50 });
    await expect(client.get(things, key)).rejects.toThrow('no answer within 50 ms');
    const abort = new AbortController();
    const call = client.get(things, key, { signal: abort.signal });
    abort.abort(new Error('changed my mind'));
    await expect(call).rejects.toThrow('changed my mind');
  });

  it('comes back after its connections were cut', async () => {
    await using server = await serve(protocol, (_, response) => {
      json(response, thing('a'));
    });
    await using client = server.client();
    for (let round = 0; round < 3; round++) {
      await client.get(things, key);
      server.drop();
    }
    await client.update(things, thing('a')).catch(() => undefined);
    expect((await client.get(things, key)).metadata.name).toBe('a');
  });

  it('keeps its connections', async () => {
    await using server = await serve(protocol, (_, response) => {
      json(response, thing('a'));
    });
    await using client = server.client();
    for (let round = 0; round < 20; round++) await client.get(things, key);
    await Promise.all(Array.from({ length: 100 }, () => client.get(things, key)));
    expect(server.connections()).toBeLessThanOrEqual(protocol === 'h2' ? 2 : 33);
  });
});

describe.each(['h2', 'http/1.1'] as const)('a watch of a remote client over %s', (protocol) => {
  it('yields the events, says when it is open, and ends when the server ends it', async () => {
    await using server = await serve(protocol, (_, response) => {
      response.writeHead(200);
      response.write(line('ADDED', thing('a')));
      response.write(line('BOOKMARK', thing('b')));
      response.end(line('DELETED', thing('c')));
    });
    await using client = server.client();
    let opened = 0;
    const { signal } = new AbortController();
    const options = { signal, resourceVersion: '3', allowBookmarks: true, onOpen: () => (opened += 1) };
    expect(await collect(client.watch(things, { ...options, timeoutSeconds: 7 }))).toEqual([
      'ADDED a',
      'BOOKMARK b',
      'DELETED c',
    ]);
    expect(opened).toBe(1);
    expect(server.requests[0]?.url).toBe(
      '/apis/test/v1/things?watch=true&resourceVersion=3&timeoutSeconds=7&allowWatchBookmarks=true',
    );
  });

  it('puts characters and objects together however they were cut', async () => {
    const big = 'κοινόν '.repeat(30_000);
    const bytes = Buffer.from(line('ADDED', thing('ü', { big })) + line('MODIFIED', thing('名')));
    await using server = await serve(protocol, (_, response) => {
      response.writeHead(200);
      for (let at = 0; at < bytes.length; at += 7919) response.write(bytes.subarray(at, at + 7919));
      response.end();
    });
    await using client = server.client();
    const seen: unknown[] = [];
    for await (const event of client.watch(things, { signal: new AbortController().signal })) seen.push(event.object);
    expect(seen).toEqual([thing('ü', { big }), thing('名')]);
  });

  it('throws the error that the server sends, before or after it began', async () => {
    const gone = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'Expired', code: 410 };
    await using server = await serve(protocol, ({ url }, response) => {
      if (url.includes('late')) {
        response.writeHead(200);
        response.write(line('ADDED', thing('a')));
        response.end(line('ERROR', gone));
      } else json(response, gone, 410);
    });
    await using client = server.client();
    const { signal } = new AbortController();
    await expect(collect(client.watch(things, { signal }))).rejects.toMatchObject({ code: 410 });
    await expect(collect(client.watch(things, { signal, labelSelector: 'late' }))).rejects.toMatchObject({ code: 410 });
  });

  it('ends quietly when told to: before, during and between events', async () => {
    await using server = await serve(protocol, (_, response) => {
      response.writeHead(200);
      response.write(line('ADDED', thing('a')) + line('ADDED', thing('b')));
    });
    await using client = server.client();
    expect(await collect(client.watch(things, { signal: AbortSignal.abort() }))).toEqual([]);
    const abort = new AbortController();
    const seen: string[] = [];
    for await (const { object } of client.watch(things, { signal: abort.signal })) {
      seen.push(object.metadata.name ?? '');
      if (seen.length === 1) abort.abort();
    }
    expect(seen).toEqual(['a']);
    const waiting = new AbortController();
    const idle = collect(
      client.watch(things, {
        signal: waiting.signal,
        onOpen: () =>
          setImmediate(() => {
            waiting.abort();
          }),
      }),
    );
    await idle;
  });

  it('tells the server when the reader leaves', async () => {
    const left = Promise.withResolvers<undefined>();
    await using server = await serve(protocol, (_, response) => {
      response.writeHead(200);
      response.write(line('ADDED', thing('a')));
      // @NOTE both kinds of response are streams that close.
      (response as unknown as Response['stream']).on('close', () => {
        left.resolve(undefined);
      });
    });
    await using client = server.client();
    for await (const _ of client.watch(things, { signal: new AbortController().signal })) break;
    await left.promise;
  });

  it('fails when the connection is cut', async () => {
    await using server = await serve(protocol, (_, response) => {
      response.writeHead(200);
      response.write(line('ADDED', thing('a')));
    });
    await using client = server.client();
    const events = client.watch(things, { signal: new AbortController().signal })[Symbol.asyncIterator]();
    await events.next();
    server.drop();
    await expect(events.next()).rejects.toThrow(/^WATCH https:/);
  });

  it('does not keep calls waiting, however many there are', async () => {
    await using server = await serve(protocol, ({ url }, response) => {
      if (url.includes('watch')) {
        response.writeHead(200);
        response.write(line('ADDED', thing('a')));
      } else {
        json(response, thing('a'));
      }
    });
    await using client = server.client();
    const abort = new AbortController();
    const watches = Array.from({ length: 50 }, () => collect(client.watch(things, { signal: abort.signal })));
    await expect.poll(() => server.requests.length).toBe(50);
    expect((await client.get(things, key)).metadata.name).toBe('a');
    abort.abort();
    expect(await Promise.all(watches)).toEqual(Array.from({ length: 50 }, () => ['ADDED a']));
  });
});

describe.each(['h2', 'http/1.1'] as const)('a watch over %s of a server', (protocol) => {
  it('that is killed fails at once', async () => {
    await using server = await startSilentServer(protocol);
    await using client = createRemoteClient({ server: server.url, ca: server.certificates.ca });
    const events = client.watch(things, { signal: new AbortController().signal })[Symbol.asyncIterator]();
    await events.next();
    const begun = performance.now();
    server.process.kill('SIGKILL');
    await expect(events.next()).rejects.toThrow(/^WATCH https:/);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});

it('finds within seconds that a server no longer answers', async () => {
  await using server = await startSilentServer('h2');
  const clock = new FakeClock();
  await using client = createRemoteClient({ server: server.url, ca: server.certificates.ca, clock });
  const events = client.watch(things, { signal: new AbortController().signal })[Symbol.asyncIterator]();
  await events.next();
  server.process.kill('SIGSTOP');
  const next = expect(events.next()).rejects.toThrow('no sign of life');
  await clock.advance(8_000);
  await next;
});
