import { expect } from 'vitest';
import { testConfigMaps } from '../../harness/resources.ts';
import { createConfigMap, described, first, key, FORGETS, type ClientTests } from './fixture.ts';

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
    const { metadata } = await createConfigMap(client, 'a');
    const last = await createConfigMap(client, 'b');
    const options = { signal, sendInitialEvents: true, allowBookmarks: true };
    const resourceVersion = metadata.resourceVersion ?? '';
    for (const version of [{}, { resourceVersion: '0' }, { resourceVersion }]) {
      const events = await first(client.watch(testConfigMaps, { ...options, ...version }), 3);
      expect(events.slice(0, 2).map(described)).toEqual(['ADDED a', 'ADDED b']);
      const told = Number(events[2]?.object.metadata.resourceVersion);
      expect(events[2]).toEqual({
        type: 'BOOKMARK',
        object: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { resourceVersion: String(told), annotations: endOfInitialEvents },
        },
      });
      expect(told).toBeGreaterThanOrEqual(Number(last.metadata.resourceVersion));
    }
    const events = client.watch(testConfigMaps, { ...options, namespace: 'other' })[Symbol.asyncIterator]();
    expect(await events.next()).toMatchObject({ value: { type: 'BOOKMARK' } });
    await createConfigMap(client, 'c', { namespace: 'other' });
    expect(await events.next()).toMatchObject({ value: { type: 'ADDED', object: { metadata: { name: 'c' } } } });
    await events.return?.();
  });

  test('sends no bookmark to whom it may not, not even where what was there ends', async ({ client }) => {
    await createConfigMap(client, 'a');
    const open = Promise.withResolvers<undefined>();
    const onOpen = () => {
      open.resolve(undefined);
    };
    const events = first(client.watch(testConfigMaps, { signal, onOpen, sendInitialEvents: true }), 2);
    await open.promise;
    await createConfigMap(client, 'b');
    expect((await events).map(described)).toEqual(['ADDED a', 'ADDED b']);
  });

  test('begins with what comes when nothing else is wanted', async ({ client }) => {
    await createConfigMap(client, 'a');
    for (const [index, version] of [{}, { resourceVersion: '0' }].entries()) {
      const open = Promise.withResolvers<undefined>();
      const onOpen = () => {
        open.resolve(undefined);
      };
      const watch = client.watch(testConfigMaps, { signal, onOpen, sendInitialEvents: false, ...version });
      const events = first(watch, 1);
      await open.promise;
      await createConfigMap(client, `new-${index}`);
      expect((await events).map(described)).toEqual([`ADDED new-${index}`]);
    }
  });

  test(
    'has what is there of a state whose history is gone',
    async ({ client, compact }) => {
      const { metadata } = await createConfigMap(client, 'a');
      await createConfigMap(client, 'b');
      await compact();
      const resourceVersion = metadata.resourceVersion ?? '';
      const events = await first(client.watch(testConfigMaps, { signal, sendInitialEvents: true, resourceVersion }), 2);
      expect(events.map(described)).toEqual(['ADDED a', 'ADDED b']);
    },
    FORGETS,
  );

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

  test(
    'throws when the history is gone',
    async ({ client, compact }) => {
      const { metadata } = await createConfigMap(client, 'a');
      await createConfigMap(client, 'b');
      await createConfigMap(client, 'c');
      await compact();
      const old = client.watch(testConfigMaps, { signal, resourceVersion: metadata.resourceVersion ?? '' });
      const gone = { name: 'StatusError', code: 410, reason: 'Expired' };
      await expect(first(old, 1)).rejects.toMatchObject(gone);
      const quiet = { signal, resourceVersion: metadata.resourceVersion ?? '', sendInitialEvents: false };
      await expect(first(client.watch(testConfigMaps, quiet), 1)).rejects.toMatchObject(gone);
    },
    FORGETS,
  );

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
    const until = (options: object) =>
      first(client.watch(testConfigMaps, { signal, timeoutSeconds: 1, ...options }), 9);
    const [plain, marked] = await Promise.all([until({}), until({ allowBookmarks: true, sendInitialEvents: false })]);
    expect(plain.map(described)).toEqual(['ADDED a']);
    expect(marked).toMatchObject([{ type: 'BOOKMARK' }]);
  });
}
