import { expect } from 'vitest';
import type { Storage } from '../../../src/storage/index.ts';
import { bytes, expectCode, text, Watched, type StorageTests } from './fixture.ts';

/** Revisions 1 to 5: /a=1, /b=1, /a=2, /b deleted, /c=1. */
async function writeFive(storage: Storage): Promise<void> {
  const a = await storage.create('/a', bytes('1'));
  const b = await storage.create('/b', bytes('1'));
  await storage.update('/a', bytes('2'), a.modRevision);
  await storage.delete('/b', b.modRevision);
  await storage.create('/c', bytes('1'));
}

export function historyTests(test: StorageTests): void {
  test('compacted history is gone for lists and watches, what follows is not', async ({ storage }) => {
    await writeFive(storage);
    await storage.compact(3);
    await expectCode(storage.list('/', { revision: 2 }), 'Compacted');
    const early = new Watched(storage, '/', 2);
    await early.done;
    expect(early.failure).toMatchObject({ code: 'Compacted' });

    const at3 = await storage.list('/', { revision: 3 });
    expect(at3.items.map((item) => `${item.key}=${text(item) ?? ''}`)).toEqual(['/a=2', '/b=1']);
    await using watched = new Watched(storage, '/', 3);
    expect(await watched.take(2)).toEqual(['delete /b (1)', 'put /c=1']);
  });

  test('the latest version of every key stays', async ({ storage }) => {
    await writeFive(storage);
    await storage.compact(5);
    expect((await storage.list('/')).items.map((item) => `${item.key}=${text(item) ?? ''}`)).toEqual(['/a=2', '/c=1']);
    const a = (await storage.get('/a'))!;
    expect([a.createRevision, a.modRevision]).toEqual([1, 3]);
    expect(await storage.currentRevision()).toBe(5);
    await using watched = new Watched(storage, '/', 5);
    await storage.update('/a', bytes('3'), 3);
    expect(await watched.take(1)).toEqual(['put /a=3 (2)']);
  });

  test('to compact again what is compacted does nothing, what has not happened is a FutureRevision', async ({
    storage,
  }) => {
    await writeFive(storage);
    await storage.compact(3);
    await storage.compact(3);
    await storage.compact(2);
    await expectCode(storage.list('/', { revision: 2 }), 'Compacted');
    await expectCode(storage.compact(6), 'FutureRevision');
  });

  test('a compaction does not disturb watchers that are past it', async ({ storage }) => {
    await using watched = new Watched(storage, '/', 0);
    await writeFive(storage);
    await watched.take(5);
    await storage.compact(5);
    await storage.create('/d', bytes('1'));
    expect((await watched.take(6)).at(-1)).toBe('put /d=1');
  });
}
