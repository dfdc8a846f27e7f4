import { FakeClock } from '../../src/component-base/index.ts';
import type { Storage } from '../../src/storage/index.ts';
import { concurrencyTests } from './storage/concurrency.ts';
import { historyTests } from './storage/history.ts';
import { listTests } from './storage/lists.ts';
import { modelTests } from './storage/model.ts';
import type { StorageTests } from './storage/fixture.ts';
import { watchTests } from './storage/watches.ts';
import { writeTests } from './storage/writes.ts';
import { describe, it } from 'vitest';

export interface StorageOptions {
  readonly clock: FakeClock;
  /** Of events that one watcher may leave waiting. */
  readonly watchBuffer: number;
}

export interface StorageUnderTest extends AsyncDisposable {
  readonly storage: Storage;
}

/** An empty, running store with a history of its own. */
export type StorageFactory = (options: StorageOptions) => Promise<StorageUnderTest>;

export interface Skips {
  /** Why all of it is skipped. */
  readonly all?: string | false;
  /** Why single tests are, by their title. */
  readonly tests?: Readonly<Record<string, string>>;
}

/** What every implementation and every decorator of `Storage` promises. */
export function storageConformance(name: string, factory: StorageFactory, skips: Skips = {}): void {
  const tests: StorageTests = (title, body, watchBuffer = 10_000) => {
    const skip = skips.all === undefined || skips.all === false ? skips.tests?.[title] : skips.all;
    it.skipIf(skip !== undefined)(skip === undefined ? title : `${title} (skipped: ${skip})`, async () => {
      const clock = new FakeClock();
      await using underTest = await factory({ clock, watchBuffer });
      await body({ storage: underTest.storage, clock });
    });
  };
  describe(name, () => {
    describe('writes', () => {
      writeTests(tests);
    });
    describe('lists', () => {
      listTests(tests);
    });
    describe('watches', () => {
      watchTests(tests);
    });
    describe('history', () => {
      historyTests(tests);
    });
    describe('concurrency', () => {
      concurrencyTests(tests);
      modelTests(tests);
    });
  });
}
