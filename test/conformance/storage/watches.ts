import { expect } from 'vitest';
import { bytes, revisionOf, Watched, type StorageTests } from './fixture.ts';

export function watchTests(test: StorageTests): void {
  test('a watch tells changes in order, with what was there before', async ({ storage }) => {
    await using watched = new Watched(storage, '/', 0);
    const a = await storage.create('/a', bytes('1'));
    const a2 = await storage.update('/a', bytes('2'), a.modRevision);
    await storage.create('/b', bytes('1'));
    await storage.delete('/a', a2.modRevision);
    expect(await watched.take(4)).toEqual(['put /a=1', 'put /a=2 (1)', 'put /b=1', 'delete /a (2)']);
    expect(watched.events.map(revisionOf)).toEqual([1, 2, 3, 4]);
  });

  test('a watch begins after the revision given', async ({ storage }) => {
    const a = await storage.create('/a', bytes('1'));
    const a2 = await storage.update('/a', bytes('2'), a.modRevision);
    await storage.delete('/a', a2.modRevision);
    await using all = new Watched(storage, '/', 0);
    await using some = new Watched(storage, '/', 1);
    await using none = new Watched(storage, '/', 3);
    await storage.create('/b', bytes('1'));
    expect(await all.take(4)).toEqual(['put /a=1', 'put /a=2 (1)', 'delete /a (2)', 'put /b=1']);
    expect(await some.take(3)).toEqual(['put /a=2 (1)', 'delete /a (2)', 'put /b=1']);
    expect(await none.take(1)).toEqual(['put /b=1']);
  });

  test('a watch after a revision to come tells only what is later', async ({ storage }) => {
    await using watched = new Watched(storage, '/', 2);
    for (const key of ['/a', '/b', '/c']) await storage.create(key, bytes('1'));
    expect(await watched.take(1)).toEqual(['put /c=1']);
  });

  test('a watch tells only of its prefix', async ({ storage }) => {
    await storage.create('/pods/a', bytes('1'));
    await storage.create('/nodes/a', bytes('1'));
    await using pods = new Watched(storage, '/pods/', 0);
    await using one = new Watched(storage, '/pods/b', 0);
    await using all = new Watched(storage, '', 0);
    await storage.create('/nodes/b', bytes('1'));
    await storage.create('/pods/b', bytes('1'));
    await storage.create('/podsecurity/b', bytes('1'));
    expect(await all.take(5)).toHaveLength(5);
    expect(await pods.take(2)).toEqual(['put /pods/a=1', 'put /pods/b=1']);
    expect(await one.take(1)).toEqual(['put /pods/b=1']);
  });

  test('history and what follows join without a gap and without an overlap', async ({ storage }) => {
    const writes = 600;
    const writer = (async () => {
      for (let i = 0; i < writes; i++) await storage.create(`/a/${i}`, bytes('1'));
    })();
    const started: Watched[] = [];
    for (let i = 0; i < 10; i++) {
      await expect.poll(() => storage.currentRevision(), { interval: 1 }).toBeGreaterThanOrEqual(i * 50);
      started.push(new Watched(storage, '/a/', i * 10));
    }
    await writer;
    for (const [i, watched] of started.entries()) {
      const expected = Array.from({ length: writes - i * 10 }, (_, n) => i * 10 + n + 1);
      expect((await watched.until(writes)).map(revisionOf)).toEqual(expected);
      await watched[Symbol.asyncDispose]();
    }
  });

  test('a watch ends quietly when its signal aborts, also when it had aborted before', async ({ storage }) => {
    await storage.create('/a', bytes('1'));
    const watched = new Watched(storage, '/', 0);
    await watched.take(1);
    await watched[Symbol.asyncDispose]();
    expect(watched.failure).toBeUndefined();
    const events = [];
    for await (const event of storage.watch('/', 0, { signal: AbortSignal.abort() })) events.push(event);
    expect(events).toEqual([]);
  });

  test('an abort ends a watch that waits in the middle of its events', async ({ storage }) => {
    for (const key of ['/a', '/b', '/c']) await storage.create(key, bytes('1'));
    const abort = new AbortController();
    const events = [];
    for await (const event of storage.watch('/', 0, { signal: abort.signal })) {
      events.push(event);
      abort.abort();
    }
    expect(events).toHaveLength(1);
  });

  test('a watch may be left at any event', async ({ storage }) => {
    await storage.create('/a', bytes('1'));
    await storage.create('/b', bytes('1'));
    for await (const event of storage.watch('/', 0, { signal: new AbortController().signal })) {
      expect(revisionOf(event)).toBe(1);
      break;
    }
    await storage.create('/c', bytes('1'));
  });

  test('a watcher that does not keep up is told TooSlow, others are not', async ({ storage }) => {
    const slow = storage.watch('/', 0, { signal: new AbortController().signal })[Symbol.asyncIterator]();
    await using quick = new Watched(storage, '/', 0);
    await storage.create('/0', bytes('1'));
    expect((await slow.next()).done).toBe(false);
    for (let i = 1; i <= 40; i++) await storage.create(`/${i}`, bytes('1'));
    await quick.until(41);
    expect(quick.failure).toBeUndefined();
    await expect(slow.next()).rejects.toMatchObject({ code: 'TooSlow' });
  }, 16);

  test('progress is told at the start and now and then, to those who asked', async ({ storage, clock }) => {
    await storage.create('/other', bytes('1'));
    await using asked = new Watched(storage, '/a/', 0, { progress: true });
    await using plain = new Watched(storage, '/a/', 0);
    await asked.take(1);
    expect(asked.events).toEqual([{ type: 'progress', revision: 1 }]);
    await storage.create('/a/1', bytes('1'));
    await storage.create('/other2', bytes('1'));
    await asked.take(2);
    await expect
      .poll(
        async () => {
          await clock.advance(10_000);
          return asked.events.at(-1);
        },
        { interval: 1 },
      )
      .toEqual({ type: 'progress', revision: 3 });
    expect(await plain.take(1)).toEqual(['put /a/1=1']);
  });

  test('progress comes after what history had', async ({ storage }) => {
    await storage.create('/a/1', bytes('1'));
    await storage.create('/a/2', bytes('1'));
    await using watched = new Watched(storage, '/a/', 0, { progress: true });
    expect(await watched.take(3)).toEqual(['put /a/1=1', 'put /a/2=1', 'progress']);
  });

  test('a thousand watchers get each its own changes', async ({ storage }) => {
    const watchers = Array.from({ length: 1000 }, (_, i) => new Watched(storage, `/a/${i % 50}/`, 0));
    for (let i = 0; i < 50; i++) await storage.create(`/a/${i}/x`, bytes('1'));
    for (const [i, watched] of watchers.entries()) expect(await watched.take(1)).toEqual([`put /a/${i % 50}/x=1`]);
    await Promise.all(watchers.map((watched) => watched[Symbol.asyncDispose]()));
  });
}
