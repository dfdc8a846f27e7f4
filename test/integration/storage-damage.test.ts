import { copyFile, mkdtemp, open, readFile, rm, truncate } from 'node:fs/promises';
import { writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FakeClock, silentLogger, start } from '../../src/component-base/index.ts';
import { createEmbeddedStorage, isStorageError, type KeyValue, type Storage } from '../../src/storage/index.ts';

const seed = Number(process.env['STORAGE_SEED'] ?? process.hrtime.bigint() % 1_000_000n);
const rounds = Number(process.env['KOINON_DAMAGE_ROUNDS'] ?? 40);
const randomness = new FakeClock(0, seed);
const pick = (below: number) => Math.floor(randomness.random() * below);
const place = { directory: '', sound: '' };
const expected = { state: [] as KeyValue[], events: 0 };

async function withStorage<T>(directory: string, use: (storage: Storage) => Promise<T>): Promise<T> {
  const storage = createEmbeddedStorage({
    directory,
    clock: new FakeClock(),
    log: silentLogger,
    historyRevisions: 200,
  });
  await using _running = await start([storage]);
  return await use(storage);
}

/** Objects of all sizes, some changed, some deleted, part of the history compacted, pages that are free again. */
async function fill(storage: Storage): Promise<void> {
  for (let i = 0; i < 400; i++) {
    const kv = await storage.create(`/registry/things/${i}`, Buffer.alloc(10 + pick(6_000), `${i} `));
    if (i % 3 === 0) await storage.delete(kv.key, kv.modRevision);
    else if (i % 3 === 1) await storage.update(kv.key, Buffer.alloc(10 + pick(600), `${i}'`), kv.modRevision);
  }
  await storage.create('/expires', Buffer.from('soon'), { ttlSeconds: 1_000_000 });
  await storage.compact(500);
}

beforeAll(async () => {
  place.directory = await mkdtemp(join(tmpdir(), 'koinon-damage-'));
  place.sound = join(place.directory, 'sound');
  await withStorage(place.sound, fill);
  await withStorage(place.sound, async (storage) => {
    expected.state = [...(await storage.list('')).items];
    expected.events = (await history(storage)).length;
  });
});

afterAll(() => rm(place.directory, { recursive: true }));

async function history(storage: Storage): Promise<unknown[]> {
  const events = [];
  const current = await storage.currentRevision();
  for await (const event of storage.watch('', 500, { signal: new AbortController().signal })) {
    events.push(event);
    if (event.type === 'put' ? event.kv.modRevision === current : event.type === 'delete' && event.revision === current)
      break;
  }
  return events;
}

type Damage = (path: string, size: number) => Promise<string>;

const damages: Readonly<Record<string, Damage>> = {
  'a byte is changed': async (path, size) => overwrite(path, pick(size), Buffer.from([pick(256)])),
  'a bit is flipped in a head': async (path) => {
    const at = pick(200) + (pick(2) === 0 ? 0 : 4096);
    return overwrite(path, at, Buffer.from([(await readFile(path))[at]! ^ (1 << pick(8))]));
  },
  'a page is zeros': async (path, size) => overwrite(path, pick(size / 4096) * 4096, Buffer.alloc(4096)),
  'a page is another one': async (path, size) => {
    const from = pick(size / 4096) * 4096;
    return overwrite(path, pick(size / 4096) * 4096, (await readFile(path)).subarray(from, from + 4096));
  },
  'some bytes are rubbish': async (path, size) =>
    overwrite(path, pick(size), Buffer.from(Array.from({ length: 1 + pick(300) }, () => pick(256)))),
  'the end is missing': async (path, size) => {
    const left = pick(size);
    await truncate(path, left);
    return `${left} bytes are left`;
  },
};

async function overwrite(path: string, at: number, bytes: Buffer): Promise<string> {
  await using file = await open(path, 'r+');
  await file.write(bytes, 0, bytes.length, at);
  return `${bytes.length} bytes at ${at}`;
}

it.each(Object.entries(damages))(
  `opens with everything or refuses when %s (STORAGE_SEED=${seed})`,
  async (_name, damage) => {
    const refusals = { count: 0 };
    for (let round = 0; round < rounds; round++) {
      const directory = await mkdtemp(join(place.directory, 'damaged-'));
      const path = join(directory, 'data.mdb');
      await copyFile(join(place.sound, 'data.mdb'), path);
      const what = await damage(path, (await readFile(path)).length);
      if (process.env['KOINON_DAMAGE_TRACE'] !== undefined) writeSync(2, `${what}\n`);
      const before = await readFile(path);
      try {
        await withStorage(directory, async (storage) => {
          expect((await storage.list('')).items, what).toEqual(expected.state);
          expect(await history(storage), what).toHaveLength(expected.events);
          expect((await storage.create('/new', Buffer.alloc(20_000))).modRevision).toBeGreaterThan(500);
        });
      } catch (err) {
        if (!isStorageError(err, 'Unavailable') || err.key !== path) throw new Error(what, { cause: err });
        expect(err.message, what).toContain(`${path}: `);
        expect(err.message, what).toContain('Nothing was changed. Restore a backup');
        expect((await readFile(path)).equals(before), what).toBe(true);
        refusals.count++;
      }
      await rm(directory, { recursive: true });
    }
    // Not all of the file is in use, but much of it is.
    expect(refusals.count).toBeGreaterThan(rounds / 20);
  },
);
