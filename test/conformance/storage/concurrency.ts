import { expect } from 'vitest';
import { isStorageError, type Storage } from '../../../src/storage/index.ts';
import { bytes, revisionOf, text, Watched, type StorageTests } from './fixture.ts';

/** Adds one to the number in `key`, trying again on conflicts. Resolves to the revision that did it. */
async function increment(storage: Storage, key: string): Promise<number> {
  for (;;) {
    const current = (await storage.get(key))!;
    try {
      const next = await storage.update(key, bytes(String(Number(text(current)) + 1)), current.modRevision);
      return next.modRevision;
    } catch (err) {
      if (!isStorageError(err, 'Conflict')) throw err;
    }
  }
}

export function concurrencyTests(test: StorageTests): void {
  test('of many creates of one key exactly one succeeds', async ({ storage }) => {
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) => storage.create('/a', bytes(String(i)))),
    );
    const won = results.filter((result) => result.status === 'fulfilled');
    const lost = results.filter((result) => result.status === 'rejected' && isStorageError(result.reason, 'Exists'));
    expect([won.length, lost.length]).toEqual([1, 49]);
    expect(await storage.currentRevision()).toBe(1);
  });

  test('of many updates of one version exactly one succeeds', async ({ storage }) => {
    const { modRevision } = await storage.create('/a', bytes('0'));
    const updates = Array.from({ length: 50 }, (_, i) => storage.update('/a', bytes(String(i)), modRevision));
    const results = await Promise.allSettled(updates);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(
      results.filter((result) => result.status === 'rejected' && isStorageError(result.reason, 'Conflict')),
    ).toHaveLength(49);
  });

  test('no increment of a counter is lost', async ({ storage }) => {
    await storage.create('/counter', bytes('0'));
    await using watched = new Watched(storage, '/', 0);
    const revisions = await Promise.all(
      Array.from({ length: 16 }, async () => {
        const own = [];
        for (let i = 0; i < 10; i++) own.push(await increment(storage, '/counter'));
        return own;
      }),
    );
    expect(text(await storage.get('/counter'))).toBe('160');
    expect(revisions.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 160 }, (_, i) => i + 2));
    const events = await watched.until(161);
    expect(events.map((event) => event.type === 'put' && text(event.kv))).toEqual(
      Array.from({ length: 161 }, (_, i) => String(i)),
    );
  });

  test('a write that was acknowledged is in every read that begins later', async ({ storage }) => {
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const kv = await storage.create(`/a/${i}`, bytes('1'));
        expect(await storage.currentRevision()).toBeGreaterThanOrEqual(kv.modRevision);
        expect((await storage.get(kv.key))?.modRevision).toBe(kv.modRevision);
        const list = await storage.list(kv.key);
        expect(list.revision).toBeGreaterThanOrEqual(kv.modRevision);
        expect(list.items.map((item) => item.key)).toContain(kv.key);
        await storage.delete(kv.key, kv.modRevision);
        expect(await storage.get(kv.key)).toBeUndefined();
      }),
    );
  });

  test('writers and watchers of many keys agree on one order', async ({ storage }) => {
    await using all = new Watched(storage, '', 0);
    await using some = new Watched(storage, '/1', 0);
    await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const kv = await storage.create(`/${i}`, bytes('0'));
        await storage.update(kv.key, bytes('1'), kv.modRevision);
      }),
    );
    const events = await all.until(200);
    expect(events.map(revisionOf)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    const expected = events.filter((event) => event.type === 'put' && event.kv.key.startsWith('/1')).map(revisionOf);
    expect((await some.until(expected.at(-1)!)).map(revisionOf)).toEqual(expected);
  });
}
