import { expect } from 'vitest';
import { FakeClock } from '../../../src/component-base/index.ts';
import { isStorageError, type KeyValue, type Storage } from '../../../src/storage/index.ts';
import { bytes, described, revisionOf, text, Watched, type StorageTests } from './fixture.ts';

type State = ReadonlyMap<string, { readonly value: string; readonly created: number; readonly modified: number }>;

const STEPS = 400;

/** What the store should be: all its states, one a revision. */
class Model {
  readonly states: State[] = [new Map()];

  get revision(): number {
    return this.states.length - 1;
  }

  get now(): State {
    return this.states.at(-1)!;
  }

  write(key: string, value: string | undefined): void {
    const next = new Map(this.now);
    const revision = this.revision + 1;
    if (value === undefined) next.delete(key);
    else next.set(key, { value, created: next.get(key)?.created ?? revision, modified: revision });
    this.states.push(next);
  }

  list(prefix: string, revision: number): string[] {
    const entries = [...this.states[revision]!].filter(([key]) => key.startsWith(prefix));
    entries.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return entries.map(([key, kv]) => `${key}=${kv.value} ${kv.created} ${kv.modified}`);
  }

  events(prefix: string, after: number): string[] {
    const events = [];
    for (let revision = after + 1; revision <= this.revision; revision++) {
      const [before, now] = [this.states[revision - 1]!, this.states[revision]!];
      const key = [...new Set([...before.keys(), ...now.keys()])].find((name) => before.get(name) !== now.get(name))!;
      if (!key.startsWith(prefix)) continue;
      const [old, kv] = [before.get(key), now.get(key)];
      events.push(kv ? `put ${key}=${kv.value}${old ? ` (${old.value})` : ''}` : `delete ${key} (${old!.value})`);
    }
    return events;
  }
}

const line = (kv: KeyValue) => `${kv.key}=${text(kv) ?? ''} ${kv.createRevision} ${kv.modRevision}`;

interface Run {
  readonly storage: Storage;
  readonly model: Model;
  readonly pick: (below: number) => number;
  floor: number;
}

const operations = {
  create: (storage: Storage, key: string, value: string) => storage.create(key, bytes(value)),
  update: (storage: Storage, key: string, value: string, expected: number) =>
    storage.update(key, bytes(value), expected),
  delete: (storage: Storage, key: string, _value: string, expected: number) => storage.delete(key, expected),
};

function expectedOutcome(operation: keyof typeof operations, modified: number | undefined, expected: number): string {
  if (operation === 'create') return modified === undefined ? 'done' : 'Exists';
  if (modified === undefined) return 'NotFound';
  return modified === expected ? 'done' : 'Conflict';
}

async function writeOne({ storage, model, pick }: Run, step: number): Promise<void> {
  const key = `/${'ab'[pick(2)]!}/${pick(12)}`;
  const current = model.now.get(key);
  const value = `v${step}`;
  const expected = pick(4) === 0 ? pick(model.revision + 2) : (current?.modified ?? 1);
  const operation = (['create', 'update', 'delete'] as const)[pick(3)]!;
  const outcome = await operations[operation](storage, key, value, expected).then(
    () => 'done',
    (err: unknown) => (isStorageError(err) ? err.code : err),
  );
  expect(outcome).toBe(expectedOutcome(operation, current?.modified, expected));
  if (outcome === 'done') model.write(key, operation === 'delete' ? undefined : value);
}

async function readOne({ storage, model, pick, floor }: Run): Promise<void> {
  const prefix = ['', '/a/', '/b/', '/a/1'][pick(4)]!;
  const revision = floor + pick(model.revision - floor + 1);
  const expected = model.list(prefix, revision);
  expect((await storage.list(prefix, { revision })).items.map(line)).toEqual(expected);
  const [limit, from] = [1 + pick(4), pick(expected.length + 1)];
  const after = expected[from - 1]?.split('=')[0];
  const page = await storage.list(prefix, { limit, revision, ...(after === undefined ? {} : { after }) });
  expect(page.items.map(line)).toEqual(expected.slice(from, from + limit));
  expect(page.remaining).toBe(Math.max(0, expected.length - from - limit));
}

export function modelTests(test: StorageTests): void {
  const seed = Number(process.env['STORAGE_SEED'] ?? process.hrtime.bigint() % 1_000_000n);
  test(`random operations do as a simple model does (STORAGE_SEED=${seed})`, async ({ storage }) => {
    const randomness = new FakeClock(0, seed);
    const pick = (below: number) => Math.floor(randomness.random() * below);
    const run: Run = { storage, model: new Model(), pick, floor: 0 };
    const watches: { readonly watched: Watched; readonly prefix: string; readonly after: number }[] = [];

    for (let step = 0; step < STEPS; step++) {
      await writeOne(run, step);
      if (step % 5 === 0) await readOne(run);
      if (step % 40 === 0) {
        const after = run.floor + pick(run.model.revision - run.floor + 1);
        const prefix = ['', '/a/', '/b/1'][pick(3)]!;
        const watched = new Watched(storage, prefix, after);
        watches.push({ watched, prefix, after });
      }
      if (step % 100 === 99) {
        await Promise.all(
          watches.map(({ watched, prefix, after }) => watched.take(run.model.events(prefix, after).length)),
        );
        run.floor = pick(run.model.revision + 1 - run.floor) + run.floor;
        await storage.compact(run.floor);
      }
    }
    expect((await storage.list('')).items.map(line)).toEqual(run.model.list('', run.model.revision));
    for (const { watched, prefix, after } of watches) {
      const expected = run.model.events(prefix, after);
      await watched.take(expected.length);
      await watched[Symbol.asyncDispose]();
      expect(watched.failure).toBeUndefined();
      expect(watched.events.map(described)).toEqual(expected);
      expect(watched.events.map(revisionOf)).toEqual(watched.events.map(revisionOf).toSorted((a, b) => a - b));
    }
  });
}
