import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { FakeClock, silentLogger, start, type Running } from '../../component-base/index.ts';
import type { Storage, StorageEvent } from '../storage.ts';
import { createEmbeddedStorage, type EmbeddedStorageOptions } from './embedded-storage.ts';
import { openFiles } from './files.ts';
import { encodeNumber } from './record.ts';

const bytes = (text: string) => Buffer.from(text);
const clock = new FakeClock();
const parent = mkdtempSync(join(tmpdir(), 'koinon-embedded-'));
const counter = { tests: 0 };
const place = { directory: '' };

beforeEach(() => {
  place.directory = join(parent, String(counter.tests++));
});

afterAll(() => {
  rmSync(parent, { recursive: true });
});

async function opened(options: Partial<EmbeddedStorageOptions> = {}): Promise<Running & { readonly storage: Storage }> {
  const storage = createEmbeddedStorage({ ...place, clock, log: silentLogger, ...options });
  return { storage, ...(await start([storage])) };
}

async function take(storage: Storage, after: number, count: number): Promise<StorageEvent[]> {
  const events: StorageEvent[] = [];
  for await (const event of storage.watch('', after, { signal: new AbortController().signal })) {
    if (events.push(event) === count) break;
  }
  return events;
}

it('goes on where it ended: keys, revisions and history', async () => {
  {
    await using first = await opened();
    const a = await first.storage.create('/a', bytes('1'));
    await first.storage.create('/b', bytes('1'));
    await first.storage.update('/a', bytes('2'), a.modRevision);
  }
  await using second = await opened();
  expect(await second.storage.currentRevision()).toBe(3);
  expect((await second.storage.list('')).items).toMatchObject([
    { key: '/a', createRevision: 1, modRevision: 3, value: bytes('2') },
    { key: '/b', createRevision: 2, modRevision: 2 },
  ]);
  expect((await second.storage.list('', { revision: 1 })).items).toMatchObject([{ key: '/a', value: bytes('1') }]);
  const last = await second.storage.get('/a');
  await second.storage.delete('/a', last!.modRevision);
  expect(await take(second.storage, 1, 3)).toMatchObject([
    { type: 'put', kv: { key: '/b' } },
    { type: 'put', kv: { modRevision: 3 }, previous: { modRevision: 1, value: bytes('1') } },
    { type: 'delete', key: '/a', revision: 4, previous: { modRevision: 3 } },
  ]);
});

it('keeps a ttl over a restart', async () => {
  {
    await using first = await opened();
    await first.storage.create('/soon', bytes('1'), { ttlSeconds: 10 });
    await first.storage.create('/later', bytes('1'), { ttlSeconds: 100 });
    await first.storage.create('/never', bytes('1'));
  }
  await clock.advance(20_000);
  await using second = await opened();
  await expect
    .poll(async () => (await second.storage.list('')).items.map((kv) => kv.key))
    .toEqual(['/later', '/never']);
  await clock.advance(80_000);
  await expect.poll(async () => (await second.storage.list('')).items.map((kv) => kv.key)).toEqual(['/never']);
  expect((await take(second.storage, 3, 2)).map((event) => event.type)).toEqual(['delete', 'delete']);
});

it('forgets history that is old or too long, and says so after a restart too', async () => {
  {
    await using first = await opened({ historyMs: 60_000, historyRevisions: 10 });
    let { modRevision } = await first.storage.create('/a', bytes('1'));
    for (let i = 0; i < 19; i++) ({ modRevision } = await first.storage.update('/a', bytes('2'), modRevision));
    await clock.advance(30_000);
    await expect.poll(() => code(first.storage.list('', { revision: 9 }))).toBe('Compacted');
    expect(await code(first.storage.list('', { revision: 10 }))).toBe('none');
    await clock.advance(60_000);
    await expect.poll(() => code(first.storage.list('', { revision: 19 }))).toBe('Compacted');
    expect(await code(first.storage.list('', { revision: 20 }))).toBe('none');
  }
  await using files = await openFiles(place.directory);
  expect(files.log.getKeysCount()).toBe(1);
  expect(files.compacted).toBe(20);
});

async function code(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'none',
    (err: unknown) => (err instanceof Error && 'code' in err ? err.code : err),
  );
}

it('lets one process have a directory at a time', async () => {
  {
    await using _first = await opened();
    await expect(opened()).rejects.toMatchObject({
      code: 'Unavailable',
      message: `Unavailable: ${place.directory}: the directory is in use by another process`,
    });
  }
  await using _again = await opened();
});

it('refuses data of a newer format and leaves it alone', async () => {
  {
    await using first = await opened();
    await first.storage.create('/a', bytes('1'));
  }
  {
    const { open: openLmdb } = await import('lmdb');
    const root = openLmdb<Buffer, Buffer>(join(place.directory, 'data.mdb'), {
      encoding: 'binary',
      keyEncoding: 'binary',
      overlappingSync: false,
    });
    const meta = root.openDB<Buffer, Buffer>({ name: 'meta', encoding: 'binary', keyEncoding: 'binary' });
    await meta.put(Buffer.from('format'), encodeNumber(99));
    await root.close();
  }
  await expect(opened()).rejects.toThrow('the data has format 99, this version knows formats up to 1');
});

it('refuses a file that is something else, or cut off', async () => {
  const path = join(place.directory, 'data.mdb');
  await mkdir(place.directory);
  await writeFile(path, Buffer.alloc(20_000, 'not a database '));
  await expect(opened()).rejects.toMatchObject({ code: 'Unavailable' });
  await rm(path);
  {
    await using first = await opened();
    for (let i = 0; i < 20; i++) await first.storage.create(`/${i}`, Buffer.alloc(10_000, 1));
  }
  await truncate(path, (await stat(path)).size - 100_000);
  await expect(opened()).rejects.toThrow('cut off');
});

it('refuses data with a record that is not as it was written, and names it', async () => {
  {
    await using first = await opened();
    await first.storage.create('/a', bytes('1'));
    await first.storage.create('/b', bytes('1'));
  }
  {
    await using files = await openFiles(place.directory);
    await files.commit(() => {
      void files.log.put(encodeNumber(1), Buffer.from('rubbish'));
    });
  }
  const path = join(place.directory, 'data.mdb');
  const before = await readFile(path);
  await expect(opened()).rejects.toMatchObject({ code: 'Unavailable', key: path });
  await expect(opened()).rejects.toThrow('revision 1 cannot be read. Nothing was changed. Restore a backup');
  expect((await readFile(path)).equals(before)).toBe(true);
});

it('fails with Unavailable when it does not run, and waits while it opens', async () => {
  const storage = createEmbeddedStorage({ ...place, clock, log: silentLogger });
  await expect(storage.get('/a')).rejects.toMatchObject({ code: 'Unavailable' });
  const starting = start([storage]);
  const created = storage.create('/a', bytes('1'));
  const running = await starting;
  expect((await created).modRevision).toBe(1);
  const late = storage.create('/b', bytes('1'));
  await running.stop();
  expect((await late).modRevision).toBe(2);
  await expect(storage.get('/a')).rejects.toMatchObject({ code: 'Unavailable' });
});

it('says that nothing can be written, loses nothing and stays usable', async () => {
  // The shell lets no file grow beyond 1 MiB, which fails as a full disk does.
  const script = join(import.meta.dirname, 'full-disk.fixture.ts');
  const command = 'ulimit -f 1024 && exec "$0" "$@"';
  const child = spawn('bash', ['-c', command, process.execPath, script, place.directory], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  expect(await once(child, 'exit')).toEqual([0, null]);
  const { written, refused, codes, readable } = JSON.parse(output) as Record<string, unknown>; // @NOTE our own fixture wrote it
  expect(written).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
  expect(codes).toEqual(['Unavailable']);
  expect(readable).toBe(written);

  await using running = await opened();
  expect(await running.storage.currentRevision()).toBe(written);
  expect((await running.storage.list('')).items).toHaveLength(Number(written));
  await running.storage.create('/more', Buffer.alloc(100_000));
});
