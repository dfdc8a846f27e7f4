import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, start, systemClock, type Runnable } from '../../src/component-base/index.ts';
import { createEmbeddedStorage, createMemoryStorage, createWatchCache, type Storage } from '../../src/storage/index.ts';
import type { Section } from './report.ts';

interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

const WRITERS = [1, 16, 64, 256];
const MEASURE_MS = 1_000;
const VALUE = Buffer.alloc(1024, 'x');

const clock = systemClock;
const log = silentLogger;

/** Writes of 1 KB a second, each to a key of its own writer: one create, then updates. */
async function writesPerSecond(storage: Storage, writers: number): Promise<number> {
  const began = clock.now();
  const until = began + MEASURE_MS;
  const counts = await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      let { modRevision } = await storage.create(`/bench/${writers}/${writer}`, VALUE);
      let count = 1;
      for (; clock.now() < until; count++) {
        ({ modRevision } = await storage.update(`/bench/${writers}/${writer}`, VALUE, modRevision));
        // Memory storage needs no I/O, and without a turn of the event loop nobody else would get one.
        if (count % 1000 === 0) await clock.sleep(0);
      }
      return count;
    }),
  );
  return (counts.reduce((a, b) => a + b) * 1000) / (clock.now() - began);
}

/** Deliveries a second of one writer's changes to many watchers of its prefix. */
async function deliveriesPerSecond(storage: Storage, watchers: number): Promise<number> {
  const writes = Math.ceil(100_000 / watchers);
  const after = await storage.currentRevision();
  const abort = new AbortController();
  const began = clock.now();
  const done = Array.from({ length: watchers }, async () => {
    let seen = 0;
    for await (const _event of storage.watch('/fan-out/', after, { signal: abort.signal })) {
      if (++seen === writes) return;
    }
  });
  for (let i = 0; i < writes; i++) await storage.create(`/fan-out/${watchers}/${i}`, VALUE);
  await Promise.all(done);
  abort.abort();
  return (writes * watchers * 1000) / (clock.now() - began);
}

/** Lists of 5,000 keys a second. */
async function listsPerSecond(storage: Storage): Promise<number> {
  for (let i = 0; i < 5_000; i++) await storage.create(`/lists/${i}`, VALUE);
  const began = clock.now();
  let lists = 0;
  for (; clock.now() < began + MEASURE_MS; lists++) await storage.list('/lists/');
  return (lists * 1000) / (clock.now() - began);
}

async function rowsOf(name: string, storage: Storage): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const writers of WRITERS) {
    rows.push({
      name: `${name}, ${writers} writers`,
      value: await writesPerSecond(storage, writers),
      unit: 'writes/s',
    });
  }
  rows.push({ name: `${name}, 1000 watchers`, value: await deliveriesPerSecond(storage, 1000), unit: 'deliveries/s' });
  return rows;
}

async function storageBench(): Promise<BenchRow[]> {
  const rows = await rowsOf('memory storage', createMemoryStorage({ clock }));
  const memory = createMemoryStorage({ clock });
  const embeddedRows = async (name: string, wrap: (storage: Storage & Runnable) => (Storage & Runnable)[]) => {
    const directory = await mkdtemp(join(tmpdir(), 'koinon-bench-'));
    try {
      const parts = wrap(createEmbeddedStorage({ directory, clock, log }));
      await using _running = await start(parts);
      const outer = parts.at(-1);
      if (outer !== undefined) rows.push(...(await rowsOf(name, outer)));
    } finally {
      await rm(directory, { recursive: true });
    }
  };
  await embeddedRows('embedded storage', (embedded) => [embedded]);
  await embeddedRows('watch cache over embedded storage', (embedded) => [
    embedded,
    createWatchCache(embedded, { clock, log }),
  ]);
  const cache = createWatchCache(memory, { clock, log });
  await using _running = await start([cache]);
  rows.push({ name: 'watch cache, lists of 5000 keys', value: await listsPerSecond(cache), unit: 'lists/s' });
  return rows;
}

/** Each storage by itself, in this process. */
export async function storageThroughput(): Promise<Section> {
  const rows = await storageBench();
  return {
    title: 'Storage',
    method: `Values of 1 KB, ${MEASURE_MS / 1000} s each; embedded writes are on the disk when they are counted.`,
    figures: rows.map(({ name, value, unit }) => ({ what: name, value: `${Math.round(value)} ${unit}` })),
  };
}
