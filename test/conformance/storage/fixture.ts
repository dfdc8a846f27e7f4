import { expect } from 'vitest';
import type { FakeClock } from '../../../src/component-base/index.ts';
import type {
  KeyValue,
  Revision,
  Storage,
  StorageErrorCode,
  StorageEvent,
  WatchOptions,
} from '../../../src/storage/index.ts';

export interface StorageFixture {
  readonly storage: Storage;
  readonly clock: FakeClock;
}

export type StorageTests = (
  title: string,
  body: (fixture: StorageFixture) => Promise<void>,
  watchBuffer?: number,
) => void;

export const bytes = (text: string): Uint8Array => Buffer.from(text);
export const text = (kv: KeyValue | undefined): string | undefined => kv && Buffer.from(kv.value).toString();

export async function expectCode(call: Promise<unknown>, code: StorageErrorCode): Promise<void> {
  await expect(call).rejects.toMatchObject({ name: 'StorageError', code });
}

export const revisionOf = (event: StorageEvent): Revision =>
  event.type === 'put' ? event.kv.modRevision : event.revision;

/** `put a=1 (0)`, `delete a (1)`; the previous value in brackets. */
export function described(event: StorageEvent): string {
  switch (event.type) {
    case 'put':
      return `put ${event.kv.key}=${text(event.kv) ?? ''}${event.previous ? ` (${text(event.previous) ?? ''})` : ''}`;
    case 'delete':
      return `delete ${event.key} (${text(event.previous) ?? ''})`;
    case 'progress':
      return 'progress';
  }
}

/** Collects what a watch yields, and how it ended. */
export class Watched implements AsyncDisposable {
  readonly events: StorageEvent[] = [];
  readonly done: Promise<void>;
  readonly #abort = new AbortController();
  failure: unknown;

  constructor(storage: Storage, prefix: string, after: Revision, options: Omit<WatchOptions, 'signal'> = {}) {
    this.done = this.#collect(storage.watch(prefix, after, { ...options, signal: this.#abort.signal }));
  }

  async #collect(watch: AsyncIterable<StorageEvent>): Promise<void> {
    try {
      for await (const event of watch) this.events.push(event);
    } catch (err) {
      this.failure = err;
    }
  }

  /** Waits until so many events have come. */
  async take(count: number): Promise<string[]> {
    await expect.poll(() => this.events.length, { interval: 1 }).toBeGreaterThanOrEqual(count);
    return this.events.map(described);
  }

  /** Waits until the change of that revision has come. */
  async until(revision: Revision): Promise<StorageEvent[]> {
    const reached = () => this.events.some((event) => event.type !== 'progress' && revisionOf(event) >= revision);
    await expect.poll(reached, { interval: 1, timeout: 10_000 }).toBe(true);
    return this.events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.done;
  }
}
