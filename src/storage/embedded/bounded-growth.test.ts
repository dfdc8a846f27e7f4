import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FakeClock, silentLogger, start } from '../../component-base/index.ts';
import { createEmbeddedStorage, type EmbeddedStorageOptions } from './embedded-storage.ts';

const KEYS = 10;
const VALUE_BYTES = 4_000;
const MEBIBYTE = 1024 * 1024;

/** The size of the data after each round of so many updates of few keys. */
async function sizesAfter(rounds: number, updates: number, limits: Partial<EmbeddedStorageOptions>): Promise<number[]> {
  const directory = await mkdtemp(join(tmpdir(), 'koinon-growth-'));
  const storage = createEmbeddedStorage({ directory, clock: new FakeClock(), log: silentLogger, ...limits });
  const sizes: number[] = [];
  try {
    await using _running = await start([storage]);
    const names = Array.from({ length: KEYS }, (_, i) => `/${i}`);
    const kept = new Map(
      await Promise.all(names.map(async (key) => [key, await storage.create(key, Buffer.alloc(10))] as const)),
    );
    for (let round = 0; round < rounds; round++) {
      for (let n = 0; n < updates; n += KEYS) {
        const writes = names.map(async (key) => {
          const { modRevision } = kept.get(key)!;
          kept.set(key, await storage.update(key, Buffer.alloc(VALUE_BYTES, `${round} ${n}`), modRevision));
        });
        await Promise.all(writes);
      }
      sizes.push((await stat(join(directory, 'data.mdb'))).size);
    }
    for (const [key, kv] of kept) expect(await storage.get(key)).toEqual(kv);
  } finally {
    await rm(directory, { recursive: true });
  }
  return sizes;
}

it.each([
  ['revisions', { historyRevisions: 500 }],
  ['bytes', { historyBytes: 500 * VALUE_BYTES }],
])('few keys that change for ever take no more room than the history may have, by %s', async (_name, limits) => {
  const sizes = await sizesAfter(4, 3_000, limits);
  // 12,000 values were 48 MB.
  expect(Math.max(...sizes)).toBeLessThan(12 * MEBIBYTE);
  expect(sizes.at(-1)).toBeLessThan(sizes[0]! * 1.5);
});

it('grows without those limits, or the test above would prove nothing', async () => {
  expect((await sizesAfter(2, 3_000, {})).at(-1)).toBeGreaterThan(20 * MEBIBYTE);
});
