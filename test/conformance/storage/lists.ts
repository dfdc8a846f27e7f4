import { expect } from 'vitest';
import type { ListOptions, ListResult, Storage } from '../../../src/storage/index.ts';
import { bytes, expectCode, text, type StorageTests } from './fixture.ts';

const keysOf = (list: ListResult) => list.items.map((item) => item.key);

async function createAll(storage: Storage, keys: readonly string[]): Promise<void> {
  for (const key of keys) await storage.create(key, bytes(key));
}

export function listTests(test: StorageTests): void {
  test('a list has the keys of its prefix in the order of their bytes', async ({ storage }) => {
    await createAll(storage, [
      '/b/2',
      '/a',
      '/b/10',
      '/c',
      '/b',
      '/b/\u{1F600}',
      '/b/\uFF21',
      '/b/é',
      '/b/Z',
      '/b/a',
      '/bb',
    ]);
    const list = await storage.list('/b/');
    expect(keysOf(list)).toEqual(['/b/10', '/b/2', '/b/Z', '/b/a', '/b/é', '/b/\uFF21', '/b/\u{1F600}']);
    expect(list).toMatchObject({ revision: 11, remaining: 0 });
    expect(keysOf(await storage.list('/b'))).toHaveLength(9);
    expect(keysOf(await storage.list(''))).toHaveLength(11);
    expect(keysOf(await storage.list('/x'))).toEqual([]);
  });

  test('limit, after and remaining page through a list', async ({ storage }) => {
    await createAll(storage, ['/a/1', '/a/2', '/a/3', '/a/4', '/a/5', '/b/1']);
    const first = await storage.list('/a/', { limit: 2 });
    expect([keysOf(first), first.remaining]).toEqual([['/a/1', '/a/2'], 3]);
    const second = await storage.list('/a/', { limit: 2, after: '/a/2' });
    expect([keysOf(second), second.remaining]).toEqual([['/a/3', '/a/4'], 1]);
    const third = await storage.list('/a/', { limit: 2, after: '/a/4' });
    expect([keysOf(third), third.remaining]).toEqual([['/a/5'], 0]);
    expect(keysOf(await storage.list('/a/', { after: '/a/31' }))).toEqual(['/a/4', '/a/5']);
    expect(keysOf(await storage.list('/a/', { after: '/' }))).toHaveLength(5);
    expect(keysOf(await storage.list('/a/', { after: '/b' }))).toEqual([]);
  });

  test('a list at a revision is the state of then', async ({ storage }) => {
    const a = await storage.create('/a', bytes('1'));
    const b = await storage.create('/b', bytes('1'));
    const a2 = await storage.update('/a', bytes('2'), a.modRevision);
    await storage.delete('/b', b.modRevision);
    await storage.create('/c', bytes('1'));
    await storage.delete('/a', a2.modRevision);
    await storage.create('/a', bytes('3'));

    const states = [];
    for (let revision = 0; revision <= 7; revision++) {
      const list = await storage.list('/', { revision });
      expect(list.revision).toBe(revision);
      states.push(list.items.map((item) => `${item.key}=${text(item) ?? ''}`).join(' '));
    }
    expect(states).toEqual(['', '/a=1', '/a=1 /b=1', '/a=2 /b=1', '/a=2', '/a=2 /c=1', '/c=1', '/a=3 /c=1']);
  });

  test('a revision that has not happened is a FutureRevision', async ({ storage }) => {
    await storage.create('/a', bytes('1'));
    await expectCode(storage.list('/', { revision: 2 }), 'FutureRevision');
  });

  test('pages of one revision fit together while writes go on', async ({ storage }) => {
    const keys = Array.from({ length: 20 }, (_, i) => `/a/${String(i).padStart(2, '0')}`);
    await createAll(storage, keys);
    const seen: string[] = [];
    let options: ListOptions = { limit: 3 };
    for (let page = 0; ; page++) {
      const list = await storage.list('/a/', options);
      seen.push(...list.items.map((item) => text(item) ?? ''));
      expect([list.revision, list.remaining]).toEqual([20, 20 - seen.length]);
      if (list.remaining === 0) break;
      const victim = (await storage.get(keys[19 - page]!))!;
      if (page % 2 === 0) await storage.delete(victim.key, victim.modRevision);
      else await storage.update(victim.key, bytes('changed'), victim.modRevision);
      await storage.create(`/a/${String(page)}5`, bytes('new')).catch(() => undefined);
      options = { limit: 3, revision: 20, after: keysOf(list).at(-1)! };
    }
    expect(seen).toEqual(keys);
  });
}
