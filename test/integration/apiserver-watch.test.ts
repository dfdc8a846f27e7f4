import { connect } from 'node:tls';
import { expect, it } from 'vitest';
import { FakeClock, systemClock } from '../../src/component-base/index.ts';
import { createMemoryStorage, type Storage } from '../../src/storage/index.ts';
import { startTestApiServer, type TestApiServer } from '../harness/api-server.ts';
import { http1Transport, http2Transport, type HttpsStream } from '../harness/https.ts';
import { testConfigMaps as configMaps, testPods as pods } from '../harness/resources.ts';

const path = '/api/v1/namespaces/default/configmaps';
const create = (api: TestApiServer, name: string) =>
  api.admin.create(configMaps, { metadata: { namespace: 'default', name } });

interface Event {
  readonly type: string;
  readonly object: { readonly [field: string]: unknown; readonly metadata?: { readonly [field: string]: unknown } };
}

/** The next events of a stream of them. */
async function take(stream: HttpsStream, count: number): Promise<readonly Event[]> {
  const events: Event[] = [];
  for await (const line of stream.lines()) {
    // @NOTE every line of a watch is an event.
    events.push(JSON.parse(line) as Event);
    if (events.length === count) break;
  }
  return events;
}

/** Lets the server write what came in this turn of the event loop. */
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

const brief = (events: readonly Event[]) =>
  events.map(({ type, object }) => `${type} ${String(object.metadata?.['name'])}`);

it.each([http1Transport, http2Transport])(
  'answers at once, and tells of changes as they come, over $name',
  async ({ open }) => {
    await using api = await startTestApiServer({ listen: true });
    await using stream = await open(api, `${path}?watch=true`);
    expect(stream.status).toBe(200);
    const events = take(stream, 3);
    await create(api, 'a');
    await api.admin.patch(
      configMaps,
      { namespace: 'default', name: 'a' },
      { type: 'merge', patch: { data: { x: 'y' } } },
    );
    await api.admin.delete(configMaps, { namespace: 'default', name: 'a' });
    expect(brief(await events)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
  },
);

it('begins with what is there, or after the version that is named', async () => {
  await using api = await startTestApiServer({ listen: true });
  await create(api, 'a');
  const b = await create(api, 'b');
  await create(api, 'c');
  await using all = await http1Transport.open(api, `${path}?watch=1&resourceVersion=0`);
  expect(brief(await take(all, 3))).toEqual(['ADDED a', 'ADDED b', 'ADDED c']);
  await using later = await http1Transport.open(
    api,
    `${path}?watch=1&resourceVersion=${b.metadata.resourceVersion ?? ''}`,
  );
  expect(brief(await take(later, 1))).toEqual(['ADDED c']);
  await using one = await http1Transport.open(api, `${path}?watch=1&fieldSelector=metadata.name%3Db`);
  expect(brief(await take(one, 1))).toEqual(['ADDED b']);
  await using listed = await http1Transport.open(
    api,
    `${path}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
  );
  const events = await take(listed, 4);
  expect(events[3]).toMatchObject({
    type: 'BOOKMARK',
    object: { kind: 'ConfigMap', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
  });
});

it('watches as tables that name their columns once', async () => {
  await using api = await startTestApiServer({ listen: true });
  await create(api, 'a');
  await create(api, 'b');
  const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
  await using stream = await http2Transport.open(api, `${path}?watch=1`, { headers });
  expect(await take(stream, 2)).toMatchObject([
    {
      type: 'ADDED',
      object: { kind: 'Table', columnDefinitions: [{ name: 'Name' }, { name: 'Data' }], rows: [{ cells: ['a', 0] }] },
    },
    { type: 'ADDED', object: { kind: 'Table', columnDefinitions: [], rows: [{ cells: ['b', 0] }] } },
  ]);
});

it('ends a watch whose history is gone with an ERROR event', async () => {
  const storage = createMemoryStorage({ clock: systemClock });
  await using api = await startTestApiServer({ listen: true, storage });
  await create(api, 'a');
  await create(api, 'b');
  await storage.compact(await storage.currentRevision());
  await using stream = await http1Transport.open(api, `${path}?watch=1&resourceVersion=1`);
  const lines = await Array.fromAsync(stream.lines());
  expect(lines.map((line) => JSON.parse(line) as Event)).toMatchObject([
    { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } },
  ]);
});

it('ends a watch of what is still to come with an ERROR event, and says when to ask for a list again', async () => {
  await using api = await startTestApiServer({ listen: true });
  const tooLarge = {
    code: 504,
    reason: 'Timeout',
    details: {
      retryAfterSeconds: 1,
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    },
  };
  for (const more of ['', '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan']) {
    await using stream = await http2Transport.open(api, `${path}?watch=1&resourceVersion=9999${more}`);
    expect(stream.status).toBe(200);
    const lines = await Array.fromAsync(stream.lines());
    expect(lines.map((line) => JSON.parse(line) as Event)).toMatchObject([{ type: 'ERROR', object: tooLarge }]);
  }
  const list = await http1Transport.send(api, `${path}?resourceVersion=9999`);
  expect(list).toMatchObject({ status: 504, headers: { 'retry-after': '1' } });
  expect(list.json()).toMatchObject(tooLarge);
});

it('ends in time when it is told to, and when the server stops', async () => {
  await using api = await startTestApiServer({ listen: true });
  await using short = await http1Transport.open(api, `${path}?watch=1&timeoutSeconds=1`);
  expect(await Array.fromAsync(short.lines())).toEqual([]);

  await using stream = await http2Transport.open(api, `${path}?watch=1`);
  const rest = Array.fromAsync(stream.lines());
  await api[Symbol.asyncDispose]();
  expect(await rest).toEqual([]);
});

it('tells many watchers of a change, and forgets them when they go', async () => {
  await using api = await startTestApiServer({ listen: true });
  const streams = await Promise.all(Array.from({ length: 20 }, () => http2Transport.open(api, `${path}?watch=1`)));
  const told = streams.map((stream) => take(stream, 1));
  await create(api, 'a');
  for (const events of await Promise.all(told)) expect(brief(events)).toEqual(['ADDED a']);
  const open = async () => /longrunning_requests\{verb="WATCH".*\} (\d+)/.exec(await api.admin.raw('/metrics'))?.[1];
  expect(await open()).toBe('20');
  for (const stream of streams) await stream[Symbol.asyncDispose]();
  await expect.poll(open).toBe('0');
  expect(await api.admin.raw('/metrics')).toContain(
    'apiserver_watch_events_total{group="",version="v1",resource="configmaps"} 20',
  );
});

it('cuts off a watcher that does not read', async () => {
  await using api = await startTestApiServer({ listen: true });
  const { ca, admin } = api.certificates;
  const { hostname, port } = new URL(api.url);
  const socket = connect({ host: hostname, port: Number(port), ca, cert: admin.certificate, key: admin.key });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  await new Promise((resolve) => {
    socket.write(`GET ${path}?watch=1 HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
    socket.once('data', resolve);
  });
  socket.pause();
  const data = { x: 'x'.repeat(900_000) };
  for (let index = 0; index < 40; index++) {
    await api.admin.create(configMaps, { metadata: { namespace: 'default', name: `c${index}` }, data });
    await nextTurn();
  }
  await expect
    .poll(async () => /longrunning_requests\{verb="WATCH".*\} (\d+)/.exec(await api.admin.raw('/metrics'))?.[1])
    .toBe('0');
  socket.destroy();
  await closed;
});

it('stops quickly and leaves nothing behind', async () => {
  const before = resources();
  for (let round = 0; round < 20; round++) {
    await using api = await startTestApiServer({ listen: true });
    await using _watch = await http1Transport.open(api, `${path}?watch=1`);
    await http2Transport.send(api, path);
  }
  const more = () => Object.entries(resources()).filter(([kind, count]) => count > (before[kind] ?? 0));
  await expect.poll(more).toEqual([]);
});

/** How many sockets, servers and timers keep this process alive. */
function resources(): Readonly<Record<string, number>> {
  const kinds = process.getActiveResourcesInfo().filter((kind) => /^(TCP|TLS|Timeout)/.test(kind));
  return Object.fromEntries(
    Object.entries(Object.groupBy(kinds, (kind) => kind)).map(([kind, all]) => [kind, all?.length ?? 0]),
  );
}

it('gives 429 when too much is being answered', async () => {
  await using api = await startTestApiServer({ listen: true, inFlight: { mutating: 0, readOnly: 400 } });
  const refused = await http1Transport.send(api, path, { method: 'POST', body: '{"metadata":{"name":"a"}}' });
  expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
  expect(refused.json()).toMatchObject({ reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } });
});

it('gives up on what takes longer than a minute', async () => {
  const clock = new FakeClock();
  const storage = createMemoryStorage({ clock });
  const hanging = { ...bound(storage), get: () => new Promise<undefined>(() => undefined) };
  await using api = await startTestApiServer({ listen: true, clock, storage: hanging, namespaces: [] });
  const answer = http1Transport.send(api, `${path}/a`);
  await expect.poll(() => clock.pending).toBe(1);
  await clock.advance(60_000);
  expect((await answer).json()).toMatchObject({ code: 504, reason: 'Timeout' });
});

/** The storage as an object whose methods may be replaced one by one. */
function bound(storage: Storage): Storage {
  return {
    currentRevision: () => storage.currentRevision(),
    get: (key) => storage.get(key),
    list: (prefix, options) => storage.list(prefix, options),
    create: (key, value, options) => storage.create(key, value, options),
    update: (key, value, expected) => storage.update(key, value, expected),
    delete: (key, expected) => storage.delete(key, expected),
    compact: (revision) => storage.compact(revision),
    watch: (prefix, after, options) => storage.watch(prefix, after, options),
  };
}

it('is not ready while a check says so', async () => {
  const checks = {
    cache: () => {
      throw new Error('not yet');
    },
  };
  await using api = await startTestApiServer({ listen: true, readyChecks: checks });
  const answer = await http1Transport.send(api, '/readyz');
  expect(answer.status).toBe(500);
  expect(answer.body).toContain('[-]cache failed: reason withheld\n');
  expect((await http1Transport.send(api, '/livez', { identity: null })).body).toBe('ok');
  expect((await api.admin.list(pods)).items).toEqual([]);
});
