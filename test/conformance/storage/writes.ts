import { expect } from 'vitest';
import { MAX_VALUE_BYTES } from '../../../src/storage/index.ts';
import { bytes, expectCode, text, Watched, type StorageTests } from './fixture.ts';

const FITS = MAX_VALUE_BYTES - 1024;

export function writeTests(test: StorageTests): void {
  test('an empty store is at revision 0', async ({ storage }) => {
    expect(await storage.currentRevision()).toBe(0);
    expect(await storage.get('/a')).toBeUndefined();
    expect(await storage.list('')).toEqual({ items: [], revision: 0, remaining: 0 });
  });

  test('each write takes the next revision', async ({ storage }) => {
    const a = await storage.create('/a', bytes('1'));
    expect(a).toMatchObject({ key: '/a', createRevision: 1, modRevision: 1 });
    const b = await storage.create('/b', bytes('1'));
    expect(b).toMatchObject({ createRevision: 2, modRevision: 2 });
    const a2 = await storage.update('/a', bytes('2'), a.modRevision);
    expect(a2).toMatchObject({ createRevision: 1, modRevision: 3 });
    expect(await storage.delete('/b', b.modRevision)).toBe(4);
    expect(await storage.currentRevision()).toBe(4);
  });

  test('reads see what was written', async ({ storage }) => {
    const created = await storage.create('/a', bytes('1'));
    expect(text(await storage.get('/a'))).toBe('1');
    const updated = await storage.update('/a', bytes('2'), created.modRevision);
    expect(await storage.get('/a')).toEqual(updated);
    await storage.delete('/a', updated.modRevision);
    expect(await storage.get('/a')).toBeUndefined();
  });

  test('a create of a key that is there fails with Exists', async ({ storage }) => {
    await storage.create('/a', bytes('1'));
    await expectCode(storage.create('/a', bytes('2')), 'Exists');
    expect(text(await storage.get('/a'))).toBe('1');
    expect(await storage.currentRevision()).toBe(1);
  });

  test('a key can be created again after it was deleted, with a new create revision', async ({ storage }) => {
    const first = await storage.create('/a', bytes('1'));
    await storage.delete('/a', first.modRevision);
    expect(await storage.create('/a', bytes('2'))).toMatchObject({ createRevision: 3, modRevision: 3 });
  });

  test('a write to a key that is not there fails with NotFound', async ({ storage }) => {
    await expectCode(storage.update('/a', bytes('1'), 1), 'NotFound');
    await expectCode(storage.delete('/a', 1), 'NotFound');
  });

  test('a write to another version fails with Conflict and tells the one that is there', async ({ storage }) => {
    const first = await storage.create('/a', bytes('1'));
    const second = await storage.update('/a', bytes('2'), first.modRevision);
    const calls = [() => storage.update('/a', bytes('3'), first.modRevision), () => storage.delete('/a', 1)];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({ code: 'Conflict', key: '/a', current: second });
    }
    expect(await storage.currentRevision()).toBe(2);
  });

  test('values are opaque bytes', async ({ storage }) => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    await storage.create('/bytes', all);
    await storage.create('/none', new Uint8Array());
    expect(Buffer.compare((await storage.get('/bytes'))!.value, all)).toBe(0);
    expect((await storage.get('/none'))!.value.length).toBe(0);
  });

  test('a value of 1.5 MiB fits, less what encryption adds, and a larger one is TooLarge', async ({ storage }) => {
    const kv = await storage.create('/a', new Uint8Array(FITS).fill(7));
    expect((await storage.get('/a'))!.value.length).toBe(FITS);
    const tooLarge = new Uint8Array(MAX_VALUE_BYTES + 1);
    await expectCode(storage.create('/b', tooLarge), 'TooLarge');
    await expectCode(storage.update('/a', tooLarge, kv.modRevision), 'TooLarge');
    await expectCode(storage.create('/'.repeat(1025), bytes('')), 'TooLarge');
  });

  test('all readers of a version get the same instance', async ({ storage }) => {
    await using watched = new Watched(storage, '/', 0);
    const written = await storage.create('/a', bytes('1'));
    await watched.take(1);
    const [event] = watched.events;
    expect(event?.type === 'put' && event.kv).toBe(written);
    expect(await storage.get('/a')).toBe(written);
    expect((await storage.list('/')).items[0]).toBe(written);
  });

  test('a key with a ttl goes by itself when its time has come', async ({ storage, clock }) => {
    await using watched = new Watched(storage, '/', 0);
    await storage.create('/gone', bytes('1'), { ttlSeconds: 10 });
    await storage.create('/stays', bytes('1'));
    await clock.advance(9_999);
    expect(await storage.get('/gone')).toBeDefined();
    await clock.advance(1);
    await expect.poll(() => storage.get('/gone')).toBeUndefined();
    expect(await storage.get('/stays')).toBeDefined();
    expect(await watched.take(3)).toEqual(['put /gone=1', 'put /stays=1', 'delete /gone (1)']);
    expect(await storage.currentRevision()).toBe(3);
  });

  test('a ttl goes on over updates and ends with a delete', async ({ storage, clock }) => {
    const updated = await storage.create('/updated', bytes('1'), { ttlSeconds: 10 });
    const deleted = await storage.create('/deleted', bytes('1'), { ttlSeconds: 10 });
    await clock.advance(5_000);
    await storage.update('/updated', bytes('2'), updated.modRevision);
    await storage.delete('/deleted', deleted.modRevision);
    await storage.create('/deleted', bytes('2'));
    await clock.advance(5_000);
    await expect.poll(() => storage.get('/updated')).toBeUndefined();
    expect(text(await storage.get('/deleted'))).toBe('2');
  });
}
