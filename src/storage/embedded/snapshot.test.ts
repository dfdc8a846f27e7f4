import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { FakeClock, silentLogger, start, type Running } from '../../component-base/index.ts';
import type { Storage } from '../storage.ts';
import { createEmbeddedStorage } from './embedded-storage.ts';
import { restoreSnapshot } from './restore.ts';
import { takeSnapshot, type Snapshot } from './snapshot.ts';

const bytes = (text: string) => Buffer.from(text);
const clock = new FakeClock();
const parent = mkdtempSync(join(tmpdir(), 'koinon-snapshot-'));
const counter = { tests: 0 };
const place = { directory: '', file: '' };
const name = 'a-cluster';

beforeEach(() => {
  place.directory = join(parent, String(counter.tests));
  place.file = join(parent, `${counter.tests++}.snapshot`);
});

afterAll(() => {
  rmSync(parent, { recursive: true });
});

async function opened(): Promise<Running & { readonly storage: Storage }> {
  const storage = createEmbeddedStorage({ ...place, clock, log: silentLogger });
  return { storage, ...(await start([storage])) };
}

async function save(): Promise<Pick<Snapshot, 'running' | 'revision'>> {
  await using snapshot = await takeSnapshot({ ...place, name, clock });
  await writeFile(place.file, [...snapshot.bytes()]);
  return { running: snapshot.running, revision: snapshot.revision };
}

const restore = (force = false) => restoreSnapshot({ ...place, name, force, clock });

const described = async (storage: Storage) =>
  (await storage.list('')).items.map(({ key, value, createRevision, modRevision }) =>
    [key, Buffer.from(value).toString(), createRevision, modRevision].join(' '),
  );

async function fill(): Promise<void> {
  await using first = await opened();
  const a = await first.storage.create('/a', bytes('1'));
  const b = await first.storage.create('/b', bytes('1'));
  await first.storage.update('/a', bytes('2'), a.modRevision);
  await first.storage.delete('/b', b.modRevision);
  await first.storage.create('/soon', bytes('soon'), { ttlSeconds: 10 });
}

it('brings back objects, their revisions and times to go; revisions go on and watchers must list again', async () => {
  await fill();
  expect(await save()).toEqual({ running: false, revision: 5 });
  {
    await using second = await opened();
    await second.storage.delete('/a', 3);
    await second.storage.create('/c', bytes('1'));
  }
  expect(await restore(true)).toMatchObject({ header: { name, revision: 5 }, keys: 2, revision: 8 });
  await using third = await opened();
  expect(await described(third.storage)).toEqual(['/a 2 1 3', '/soon soon 5 5']);
  const watch = third.storage.watch('', 7, { signal: new AbortController().signal });
  await expect(watch[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'Compacted' });
  expect((await third.storage.update('/a', bytes('3'), 3)).modRevision).toBe(9);
  await clock.advance(10_000);
  await expect.poll(async () => (await described(third.storage)).length).toBe(1);
  expect((await readdir(place.directory)).filter((file) => file.startsWith('restoring'))).toEqual([]);
});

it('is of one moment while writes go on', async () => {
  await using running = await opened();
  const { storage } = running;
  const left = Array.from({ length: 200 }, (_, i) => storage.create(`/left/${i}`, bytes('0'.repeat(2_000))));
  await Promise.all(left);
  let stop = false;
  let writes = 0;
  // Each pair of keys changes left before right.
  const writer = async () => {
    for (let i = 0; !stop; i = (i + 1) % 200) {
      const kv = (await storage.get(`/left/${i}`))!;
      await storage.update(kv.key, bytes(String(++writes).padEnd(2_000)), kv.modRevision);
    }
  };
  const writing = writer();
  await using snapshot = await takeSnapshot({ ...place, name, clock });
  expect(snapshot.running).toBe(true);
  const pieces: Buffer[] = [];
  for (const piece of snapshot.bytes()) {
    pieces.push(piece);
    const seen = writes;
    await expect.poll(() => writes, { interval: 1 }).toBeGreaterThan(seen + 20);
  }
  stop = true;
  await writing;
  await writeFile(place.file, pieces);
  const then = await storage.list('', { revision: snapshot.revision });
  const other = join(parent, `${counter.tests++}`);
  await restoreSnapshot({ file: place.file, directory: other, name, force: false, clock });
  place.directory = other;
  await using restored = await opened();
  expect((await restored.storage.list('')).items).toEqual(then.items);
});

it('refuses a directory that is in use, and data that nobody said may be replaced', async () => {
  await fill();
  await save();
  {
    await using _running = await opened();
    await expect(restore(true)).rejects.toThrow('in use by another process');
  }
  await expect(restore()).rejects.toThrow('there is data already; --force replaces it');
  const of = restoreSnapshot({ ...place, name: 'b-cluster', force: false, clock });
  await expect(of).rejects.toThrow('it is a snapshot of a-cluster, not of b-cluster');
});

it('refuses a snapshot that is not whole and leaves the data alone', async () => {
  await fill();
  await save();
  const path = join(place.directory, 'data.mdb');
  const data = await readFile(path);
  const sound = await readFile(place.file);
  const refused = async (content: Buffer | undefined, why: string) => {
    if (content === undefined) rmSync(place.file);
    else await writeFile(place.file, content);
    await expect(restore(true), why).rejects.toMatchObject({ code: 'Unavailable', key: place.file });
    expect((await readFile(path)).equals(data)).toBe(true);
  };
  for (let at = 0; at < sound.length; at += 7) {
    const changed = Buffer.from(sound);
    changed[at]! ^= 4;
    await refused(changed, `bit at ${at}`);
    await refused(sound.subarray(0, at), `cut off at ${at}`);
  }
  await refused(Buffer.concat([sound, bytes('x')]), 'something behind it');
  await refused(undefined, 'no file');
  await expect(restore(true)).rejects.toThrow('there is no such file');
});

it('brings back a directory whose data is damaged, at revisions that nobody has seen', async () => {
  await fill();
  await save();
  await writeFile(join(place.directory, 'data.mdb'), 'rubbish');
  await clock.advance(1_000);
  const { revision } = await restore(true);
  expect(revision).toBeGreaterThan(100_000);
  await using again = await opened();
  expect(await described(again.storage)).toEqual(['/a 2 1 3', '/soon soon 5 5']);
  expect(await again.storage.currentRevision()).toBe(revision);
});

it('takes no snapshot of nothing, nor of damaged data', async () => {
  await expect(save()).rejects.toMatchObject({ code: 'Unavailable' });
  await fill();
  await writeFile(join(place.directory, 'data.mdb'), 'rubbish');
  await expect(save()).rejects.toThrow('not a file of this storage');
});
