import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { FakeClock, silentLogger, start } from '../../src/component-base/index.ts';
import { createEmbeddedStorage, type KeyValue, type Storage } from '../../src/storage/index.ts';
import { LAST_STEP, valueOf } from './crash-steps.ts';

const kills = Number(process.env['KOINON_CRASH_KILLS'] ?? 15);
const MS_PER_KILL = 4_000;
const seed = Number(process.env['STORAGE_SEED'] ?? process.hrtime.bigint() % 1_000_000n);

interface Write {
  readonly revision: number;
  readonly step: number;
}

it(
  `${kills} kills under load lose nothing that was acknowledged and leave nothing by halves (STORAGE_SEED=${seed})`,
  async () => {
    const clock = new FakeClock(0, seed);
    const directory = await mkdtemp(join(tmpdir(), 'koinon-crash-'));
    const total = { acknowledged: 0 };
    let before: readonly string[] = [];
    try {
      for (let round = 0; round < kills; round++) {
        const written = await writeUntilKilled(directory, round, 1 + Math.floor(clock.random() * 600));
        total.acknowledged += written.size;
        const storage = createEmbeddedStorage({ directory, clock, log: silentLogger });
        await using _running = await start([storage]);
        before = await checkSurvivors(storage, written, { round, before });
      }
    } finally {
      await rm(directory, { recursive: true });
    }
    expect(total.acknowledged).toBeGreaterThan(kills);
  },
  kills * MS_PER_KILL,
);

/** What a process had acknowledged of each key when it was killed, somewhere after so many writes. */
async function writeUntilKilled(directory: string, round: number, writes: number): Promise<Map<string, Write>> {
  const child = fork(join(import.meta.dirname, 'crash-writer-process.ts'), [directory, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    execArgv: [],
  });
  const exit = once(child, 'exit');
  const written = new Map<string, Write>();
  let count = 0;
  for await (const line of createInterface({ input: child.stdout! })) {
    // The kill may cut the last line short.
    const [, revision, key = '', step] = /^(\d+) (\S+) (\d+)\.$/.exec(line) ?? [];
    if (step !== undefined) written.set(key, { revision: Number(revision), step: Number(step) });
    if (++count === writes) child.kill('SIGKILL');
  }
  expect(await exit).toEqual([null, 'SIGKILL']);
  return written;
}

const line = ({ key, modRevision, createRevision }: KeyValue) => `${key} ${createRevision} ${modRevision}`;

/** Resolves to all that is stored, of which the next round must find the same. */
async function checkSurvivors(
  storage: Storage,
  written: ReadonlyMap<string, Write>,
  { round, before }: { readonly round: number; readonly before: readonly string[] },
): Promise<readonly string[]> {
  const { items, revision } = await storage.list('');
  const found = new Map(items.map((kv) => [kv.key, kv]));
  for (const [key, { step, revision: acknowledged }] of written) {
    const kv = found.get(key);
    expect(revision).toBeGreaterThanOrEqual(acknowledged);
    // Only a deletion can have been done without being acknowledged.
    if (kv === undefined) expect(step, key).toBeGreaterThanOrEqual(LAST_STEP - 1);
    else {
      expect(stepOf(kv), key).toBeGreaterThanOrEqual(step);
      expect(kv.modRevision, key).toBeGreaterThanOrEqual(acknowledged);
    }
  }
  const own = `/${round}/`;
  for (const kv of items) if (kv.key.startsWith(own)) expect(stepOf(kv), kv.key).toBeGreaterThanOrEqual(0);
  expect(items.filter(({ key }) => !key.startsWith(own)).map(line)).toEqual(before);
  await checkHistory(storage, revision);
  return items.map(line);
}

/** Which step's value it is, every byte of it; -1 for none. */
function stepOf({ key, value }: KeyValue): number {
  const steps = Array.from({ length: LAST_STEP }, (_, step) => step);
  return steps.findIndex((step) => valueOf(key, step).equals(value));
}

/** The last changes are there without a gap, each with what it replaced. */
async function checkHistory(storage: Storage, revision: number): Promise<void> {
  const after = Math.max(0, revision - 100);
  let next = after;
  for await (const event of storage.watch('', after, { signal: new AbortController().signal, progress: true })) {
    if (event.type === 'progress') break;
    expect(event.type === 'put' ? event.kv.modRevision : event.revision).toBe(++next);
    if (event.type === 'put') expect(event.previous?.createRevision ?? next).toBe(event.kv.createRevision);
  }
  expect(next).toBe(revision);
}
