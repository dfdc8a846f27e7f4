import { expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../harness/api-server.ts';
import { testConfigMaps as configMaps } from '../harness/resources.ts';
import { openWebSocket, type OpenedSocket } from '../harness/streaming.ts';

const path = '/api/v1/namespaces/default/configmaps';
const create = (api: TestApiServer, name: string, data: Record<string, string> = {}) =>
  api.admin.create(configMaps, { metadata: { namespace: 'default', name }, data });

/** Lets the server write what came in this turn of the event loop. */
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

interface Event {
  readonly type: string;
  readonly object: { readonly kind: string; readonly code?: number; readonly metadata: { readonly name?: string } };
}

// @NOTE every message of a watch is an event.
const eventsOf = ({ messages }: OpenedSocket) => messages.map((message) => JSON.parse(message.toString()) as Event);
const brief = (opened: OpenedSocket) => eventsOf(opened).map(({ type, object }) => `${type} ${object.metadata.name}`);

it('tells of changes over a WebSocket, a frame of text for each', async () => {
  await using api = await startTestApiServer({ listen: true });
  await create(api, 'a');
  await using watch = await openWebSocket(api, `${path}?watch=1&resourceVersion=0`, []);
  const areBinary: boolean[] = [];
  watch.socket.on('message', (_message, isBinary) => areBinary.push(isBinary));
  await expect.poll(() => brief(watch)).toEqual(['ADDED a']);
  await create(api, 'b');
  await api.admin.delete(configMaps, { namespace: 'default', name: 'a' });
  await expect.poll(() => brief(watch)).toEqual(['ADDED a', 'ADDED b', 'DELETED a']);
  expect(areBinary).toContain(false);
  expect(areBinary).not.toContain(true);
});

it('ends when the time is over that the client gave, and speaks the protocol that it asked for', async () => {
  await using api = await startTestApiServer({ listen: true });
  await using watch = await openWebSocket(api, `${path}?watch=1&timeoutSeconds=1`, ['v1.example.com']);
  expect(watch.socket.protocol).toBe('v1.example.com');
  expect(await watch.closed).toBe(1005);
});

it('tells what goes wrong as the last event, or refuses at once', async () => {
  await using api = await startTestApiServer({ listen: true });
  await expect(openWebSocket(api, `${path}?watch=1&resourceVersion=x`, [])).rejects.toThrow('400');
  await expect(openWebSocket(api, '/api/v1/namespaces/default/nothing?watch=1', [])).rejects.toThrow('404');
  const headers = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' };
  await using tables = await openWebSocket(api, `${path}?watch=1`, [], { headers });
  await create(api, 'a');
  await expect.poll(() => eventsOf(tables).map(({ object }) => object.kind)).toEqual(['Table']);
});

it('ends with the server', async () => {
  const api = await startTestApiServer({ listen: true });
  await using watch = await openWebSocket(api, `${path}?watch=1`, []);
  await api[Symbol.asyncDispose]();
  expect(await watch.closed).toBe(1006);
});

it('cuts off who does not read', async () => {
  await using api = await startTestApiServer({ listen: true });
  await using watch = await openWebSocket(api, `${path}?watch=1`, []);
  watch.socket.pause();
  const data = { x: 'x'.repeat(900_000) };
  const open = async () => /longrunning_requests\{verb="WATCH".*\} (\d+)/.exec(await api.admin.raw('/metrics'))?.[1];
  expect(await open()).toBe('1');
  for (let count = 0; count < 60 && (await open()) === '1'; count++) {
    await create(api, `large-${count}`, data);
    await nextTurn();
  }
  await expect.poll(open).toBe('0');
});
