import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../apimachinery/index.ts';
import { FakeClock } from '../component-base/index.ts';
import { startSilentServer } from '../../test/harness/silent-server.ts';
import { json, serve, thing, things, type Response } from '../../test/harness/told-server.ts';
import { createRemoteClient } from './remote-client.ts';

const line = (type: string, object: unknown) => `${JSON.stringify({ type, object })}\n`;

async function collect(events: AsyncIterable<{ type: string; object: KubeObject }>) {
  const all: string[] = [];
  for await (const { type, object } of events) all.push(`${type} ${object.metadata.name ?? ''}`);
  return all;
}

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
    expect((await client.get(things, { namespace: 'default', name: 'a' })).metadata.name).toBe('a');
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
