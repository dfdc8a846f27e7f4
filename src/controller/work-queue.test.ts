import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMetrics, FakeClock } from '../component-base/index.ts';
import { WorkQueue } from './work-queue.ts';

/** A worker that takes one key at a time, when told to. */
function worker(queue: WorkQueue) {
  const controller = new AbortController();
  const keys = queue.take(controller.signal);
  return {
    take: async () => (await keys.next()).value,
    stop: async () => {
      controller.abort();
      await keys.return();
    },
  };
}

describe('a work queue', () => {
  it('hands out keys in order, each once however often it was added', async () => {
    const queue = new WorkQueue(new FakeClock());
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
    const { take } = worker(queue);
    expect([await take(), await take(), await take()]).toEqual(['a', 'b', 'c']);
    expect(queue.length).toBe(0);
  });

  it('hands a key that was added while worked on out again, but not before it is done', async () => {
    const clock = new FakeClock();
    const queue = new WorkQueue(clock);
    const [one, two] = [worker(queue), worker(queue)];
    queue.add('a');
    expect(await one.take()).toBe('a');
    queue.add('a');
    queue.add('a');
    let second: string | undefined;
    const taking = two.take().then((key) => {
      second = key ?? undefined;
    });
    await clock.advance(0);
    expect(second).toBeUndefined();
    queue.done('a');
    await taking;
    expect(second).toBe('a');
    queue.done('a');
    expect(queue.idle()).toBe(true);
  });

  it('hands out keys of a lower rank first', async () => {
    const queue = new WorkQueue(new FakeClock(), { rank: (key) => Number(key[0]) });
    for (const key of ['2a', '0a', '1a', '0b', '2b']) queue.add(key);
    const { take } = worker(queue);
    expect([await take(), await take(), await take()]).toEqual(['0a', '0b', '1a']);
    queue.add('0c');
    expect([await take(), await take()]).toEqual(['0c', '2a']);
  });

  it('lets a key move up that is added again with a lower rank, and hands it out once', async () => {
    const urgent = new Set<string>();
    const queue = new WorkQueue(new FakeClock(), { rank: (key) => (urgent.has(key) ? 0 : 1) });
    for (const key of ['a', 'b', 'c']) queue.add(key);
    urgent.add('c');
    queue.add('c');
    expect(queue.length).toBe(3);
    const { take } = worker(queue);
    expect([await take(), await take(), await take()]).toEqual(['c', 'a', 'b']);
    expect(queue.length).toBe(0);
  });

  it('comes to keys of the last rank however many go first', async () => {
    const queue = new WorkQueue(new FakeClock(), { rank: (key) => Number(key[0]) });
    queue.add('1late');
    const { take } = worker(queue);
    const taken: unknown[] = [];
    for (let i = 0; i < 20 && taken.at(-1) !== '1late'; i++) {
      queue.add(`0-${i}`);
      queue.add(`0-${i}-too`);
      taken.push(await take());
    }
    expect(taken.at(-1)).toBe('1late');
  });

  it('lets what can wait come one by one while something urgent is on its way, and all at once afterwards', async () => {
    const clock = new FakeClock();
    const queue = new WorkQueue(clock, { rank: (key) => Number(key[0]), restrained: true });
    const workers = [worker(queue), worker(queue), worker(queue)];
    const taken: unknown[] = [];
    for (const { take } of workers)
      void (async () => {
        for (let key = await take(); key !== undefined; key = await take()) taken.push(key);
      })();
    for (const key of ['1a', '1b', '1c', '0a', '1d', '1e', '1f', '1g']) queue.add(key);
    await clock.advance(0);
    expect(taken).toEqual(['0a', '1a']);
    await clock.advance(3);
    queue.add('0b');
    await clock.advance(0);
    expect(taken.slice(2)).toEqual(['0b']);
    await clock.advance(1);
    expect(taken.slice(3)).toEqual(['1b']);
    await clock.advance(4);
    expect(taken.slice(4)).toEqual(['1c']);
    await clock.advance(40);
    expect(taken.slice(5).toSorted()).toEqual(['1d', '1e', '1f', '1g']);
    queue.add('1h');
    await clock.advance(0);
    expect(taken.at(-1)).toBe('1h');
    for (const { stop } of workers) await stop();
  });

  it('forgets what waits when it is cleared, also what is to come again', async () => {
    const clock = new FakeClock();
    const queue = new WorkQueue(clock);
    const { take } = worker(queue);
    for (const key of ['a', 'b']) queue.add(key);
    expect(await take()).toBe('a');
    queue.add('a');
    queue.addAfter('c', 10);
    queue.addRateLimited('d');
    queue.clear();
    queue.done('a');
    await clock.advance(1000);
    expect(queue.length).toBe(0);
    expect(queue.failures('d')).toBe(0);
    queue.add('b');
    expect(await take()).toBe('b');
  });

  it('adds later, the earliest of several times', async () => {
    const clock = new FakeClock();
    const queue = new WorkQueue(clock);
    queue.addAfter('a', 1000);
    queue.addAfter('a', 10);
    queue.addAfter('a', 500);
    await clock.advance(9);
    expect(queue.length).toBe(0);
    await clock.advance(1);
    expect(queue.length).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('adds at once what is due already', () => {
    const queue = new WorkQueue(new FakeClock());
    queue.addAfter('a', 0);
    expect(queue.length).toBe(1);
  });

  it('doubles the wait of a failing key up to the longest, and forgets', async () => {
    const clock = new FakeClock();
    const queue = new WorkQueue(clock, { baseDelayMs: 5, maxDelayMs: 30 });
    const { take } = worker(queue);
    for (const wait of [5, 10, 20, 30, 30]) {
      queue.addRateLimited('a');
      await clock.advance(wait - 1);
      expect(queue.length).toBe(0);
      await clock.advance(1);
      expect(await take()).toBe('a');
      queue.done('a');
    }
    expect(queue.failures('a')).toBe(5);
    queue.forget('a');
    queue.addRateLimited('a');
    await clock.advance(5);
    expect(queue.length).toBe(1);
  });

  it('is idle while keys wait for their time, unless failures count', async () => {
    const clock = new FakeClock();
    const queue = new WorkQueue(clock);
    queue.addAfter('later', 1000);
    expect(queue.idle({ includeBackOff: true })).toBe(true);
    queue.addRateLimited('failed');
    expect(queue.idle()).toBe(true);
    expect(queue.idle({ includeBackOff: true })).toBe(false);
  });

  it('settles when the last key is done', async () => {
    const clock = new FakeClock();
    const queue = new WorkQueue(clock);
    const { take } = worker(queue);
    let settled = false;
    queue.add('a');
    const settling = queue.settled().then(() => {
      settled = true;
    });
    await take();
    await clock.advance(0);
    expect(settled).toBe(false);
    queue.done('a');
    await settling;
  });

  it('ends its workers when their signal aborts, and leaves no timer', async () => {
    const clock = new FakeClock();
    const queue = new WorkQueue(clock);
    const abort = new AbortController();
    const waiting = Promise.all([1, 2].map(async () => (await queue.take(abort.signal).next()).done));
    queue.addAfter('a', 1000);
    await clock.advance(0);
    abort.abort();
    expect(await waiting).toEqual([true, true]);
    queue.addAfter('b', 1000);
    expect(clock.pending).toBe(0);
  });

  it('does not lose a key whose wake-up went to a worker that left', async () => {
    const queue = new WorkQueue(new FakeClock());
    const leaving = new AbortController();
    const left = queue.take(leaving.signal).next();
    const stays = worker(queue).take();
    queue.add('a');
    leaving.abort();
    expect((await left).done).toBe(true);
    expect(await stays).toBe('a');
  });

  it("counts under Kubernetes' names", async () => {
    const clock = new FakeClock();
    const metrics = createMetrics();
    const queue = new WorkQueue(clock, { name: 'test', metrics });
    new WorkQueue(clock, { name: 'other', metrics });
    const { take } = worker(queue);
    queue.add('a');
    queue.add('a');
    await clock.advance(1000);
    await take();
    queue.add('b');
    queue.addRateLimited('a');
    await clock.advance(2000);
    queue.done('a');
    const text = await metrics.metrics();
    expect(text).toContain('workqueue_adds_total{name="test"} 3');
    expect(text).toContain('workqueue_depth{name="test"} 2');
    expect(text).toContain('workqueue_retries_total{name="test"} 1');
    expect(text).toContain('workqueue_queue_duration_seconds_sum{name="test"} 1');
    expect(text).toContain('workqueue_work_duration_seconds_sum{name="test"} 2');
  });

  it('behaves as its model under any sequence of operations', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const operation = fc.oneof(
      fc.record({ op: fc.constant('add' as const), key }),
      fc.record({ op: fc.constant('addAfter' as const), key, ms: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ op: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 10 }) }),
      fc.record({ op: fc.constant('take' as const) }),
      fc.record({ op: fc.constant('done' as const), key }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 60 }), async (operations) => {
        const clock = new FakeClock(0);
        const queue = new WorkQueue(clock);
        const { take } = worker(queue);
        const model = new Model();
        for (const step of operations) {
          switch (step.op) {
            case 'add':
              queue.add(step.key);
              model.add(step.key);
              break;
            case 'addAfter':
              queue.addAfter(step.key, step.ms);
              model.addAt(step.key, clock.now() + step.ms);
              break;
            case 'advance':
              await clock.advance(step.ms);
              model.advanceTo(clock.now());
              break;
            case 'take':
              if (model.queued.length > 0) expect(await take()).toBe(model.take());
              break;
            case 'done':
              queue.done(step.key);
              model.done(step.key);
              break;
          }
          expect(queue.length).toBe(model.queued.length);
          expect(queue.idle()).toBe(model.queued.length === 0 && model.working.size === 0);
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** What a queue has to do, in the plainest words. */
class Model {
  readonly queued: string[] = [];
  readonly working = new Set<string>();
  readonly #again = new Set<string>();
  readonly #later = new Map<string, number>();

  add(key: string): void {
    if (this.working.has(key)) this.#again.add(key);
    else if (!this.queued.includes(key)) this.queued.push(key);
  }

  addAt(key: string, at: number): void {
    if ((this.#later.get(key) ?? Infinity) <= at) return;
    this.#later.delete(key);
    this.#later.set(key, at);
  }

  advanceTo(now: number): void {
    const due = [...this.#later].filter(([, at]) => at <= now).sort(([, a], [, b]) => a - b);
    for (const [key] of due) {
      this.#later.delete(key);
      this.add(key);
    }
  }

  take(): string | undefined {
    const key = this.queued.shift();
    if (key !== undefined) this.working.add(key);
    return key;
  }

  done(key: string): void {
    if (this.working.delete(key) && this.#again.delete(key)) this.queued.push(key);
  }
}
