import { expect } from 'vitest';
import { testConfigMaps } from '../../harness/resources.ts';
import { createConfigMap, described, first, key, type ClientTests } from './fixture.ts';

const { signal } = new AbortController();
const endOfInitialEvents = { 'k8s.io/initial-events-end': 'true' };

export function watchTests(test: ClientTests): void {
  test('yields changes after a version, in order and none twice', async ({ client }) => {
    await createConfigMap(client, 'before');
    const { metadata } = await client.list(testConfigMaps);
    const resourceVersion = metadata.resourceVersion ?? '';
    const created = await createConfigMap(client, 'a', { data: { x: '1' } });
    const updated = await client.update(testConfigMaps, { ...created, data: { x: '2' } });
    await client.delete(testConfigMaps, key('a'));
    const events = await first(client.watch(testConfigMaps, { signal, resourceVersion }), 3);
    expect(events.map(described)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
    expect(events[0]?.object).toEqual(created);
    expect(events[1]?.object).toEqual(updated);
    const versions = events.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));

    const from = events[0]?.object.metadata.resourceVersion ?? '';
    const rest = await first(client.watch(testConfigMaps, { signal, resourceVersion: from }), 2);
    expect(rest.map(described)).toEqual(['MODIFIED a', 'DELETED a']);
  });

  test('follows what happens while it is open', async ({ client }) => {
    const open = Promise.withResolvers<undefined>();
    const { metadata } = await client.list(testConfigMaps);
    const watching = first(
      client.watch(testConfigMaps, {
        signal,
        resourceVersion: metadata.resourceVersion ?? '',
        onOpen: () => {
          open.resolve(undefined);
        },
      }),
      20,
    );
    await open.promise;
    for (let index = 0; index < 20; index++) await createConfigMap(client, `c${index}`);
    expect((await watching).map(described)).toEqual(Array.from({ length: 20 }, (_, index) => `ADDED c${index}`));
  });

  test('begins with what is there when no version is given', async ({ client }) => {
    await createConfigMap(client, 'a');
    await createConfigMap(client, 'b', { namespace: 'other' });
    const all = await first(client.watch(testConfigMaps, { signal }), 2);
    expect(all.map(described)).toEqual(['ADDED a', 'ADDED b']);
    const one = await first(client.watch(testConfigMaps, { signal, resourceVersion: '0', namespace: 'other' }), 1);
    expect(one.map(described)).toEqual(['ADDED b']);
  });

  test('says where what was there ends', async ({ client }) => {
    await createConfigMap(client, 'a');
    const events = client
      .watch(testConfigMaps, { signal, sendInitialEvents: true, allowBookmarks: true })
      [Symbol.asyncIterator]();
    expect(await events.next()).toMatchObject({ value: { type: 'ADDED', object: { metadata: { name: 'a' } } } });
    expect(await events.next()).toMatchObject({
      value: { type: 'BOOKMARK', object: { kind: 'ConfigMap', metadata: { annotations: endOfInitialEvents } } },
    });
    await createConfigMap(client, 'b');
    expect(await events.next()).toMatchObject({ value: { type: 'ADDED', object: { metadata: { name: 'b' } } } });
    await events.return?.();
  });

  test('sees objects come into and leave its selection', async ({ client }) => {
    const created = await createConfigMap(client, 'a');
    const resourceVersion = created.metadata.resourceVersion ?? '';
    const label = async (go: string | null) =>
      client.patch(testConfigMaps, key('a'), { type: 'merge', patch: { metadata: { labels: { go } } } });
    await label('yes');
    await createConfigMap(client, 'unrelated');
    await label('no');
    const events = await first(client.watch(testConfigMaps, { signal, resourceVersion, labelSelector: 'go=yes' }), 2);
    expect(events.map(described)).toEqual(['ADDED a', 'DELETED a']);
    expect(events[1]?.object.metadata.labels).toEqual({ go: 'yes' });
    const fields = { fieldSelector: 'metadata.name=unrelated' };
    const byField = await first(client.watch(testConfigMaps, { signal, resourceVersion, ...fields }), 1);
    expect(byField.map(described)).toEqual(['ADDED unrelated']);
  });

  test('throws when the history is gone', async ({ client, compact }) => {
    const { metadata } = await createConfigMap(client, 'a');
    await createConfigMap(client, 'b');
    await createConfigMap(client, 'c');
    await compact();
    const old = client.watch(testConfigMaps, { signal, resourceVersion: metadata.resourceVersion ?? '' });
    await expect(first(old, 1)).rejects.toMatchObject({ name: 'StatusError', code: 410 });
  });

  test('throws what the server refuses', async ({ client, stranger }) => {
    await expect(first(stranger.watch(testConfigMaps, { signal }), 1)).rejects.toMatchObject({ code: 403 });
    await expect(first(client.watch(testConfigMaps, { signal, labelSelector: 'a b' }), 1)).rejects.toMatchObject({
      code: 400,
    });
  });

  test('ends quietly when its signal aborts: before, while waiting and between events', async ({ client }) => {
    await createConfigMap(client, 'a');
    await createConfigMap(client, 'b');
    expect(await first(client.watch(testConfigMaps, { signal: AbortSignal.abort() }), 1)).toEqual([]);

    const waiting = new AbortController();
    const onOpen = () => {
      setImmediate(() => {
        waiting.abort();
      });
    };
    const { metadata } = await client.list(testConfigMaps);
    const resourceVersion = metadata.resourceVersion ?? '';
    expect(await first(client.watch(testConfigMaps, { signal: waiting.signal, resourceVersion, onOpen }), 1)).toEqual(
      [],
    );

    const between = new AbortController();
    const seen: string[] = [];
    for await (const event of client.watch(testConfigMaps, { signal: between.signal })) {
      seen.push(described(event));
      between.abort();
    }
    expect(seen).toEqual(['ADDED a']);
  });

  test('ends quietly when its time is over', async ({ client }) => {
    await createConfigMap(client, 'a');
    const events = await first(client.watch(testConfigMaps, { signal, timeoutSeconds: 1 }), Infinity);
    expect(events.filter(({ type }) => type !== 'BOOKMARK').map(described)).toEqual(['ADDED a']);
  });
}
