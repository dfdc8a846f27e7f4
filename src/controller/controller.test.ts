import { describe, expect, it } from 'vitest';
import { FakeClock, createLogger, silentLogger, start } from '../component-base/index.ts';
import { TerminalError, type Reconciler } from './contract.ts';
import { controller, type ControllerOptions } from './controller.ts';
import { WorkQueue } from './work-queue.ts';

async function setUp(reconcile: Reconciler, options: Partial<ControllerOptions> = {}) {
  const clock = new FakeClock();
  const queue = new WorkQueue(clock);
  const running = await start([controller({ name: 'test', reconcile, queue, clock, log: silentLogger, ...options })]);
  return { clock, queue, stop: () => running.stop(), [Symbol.asyncDispose]: () => running.stop() };
}

describe('a controller', () => {
  it('reconciles what is added', async () => {
    const keys: string[] = [];
    await using under = await setUp(async (key) => {
      keys.push(key);
      return {};
    });
    under.queue.add('default/a');
    under.queue.add('default/b');
    await under.queue.settled();
    expect(keys).toEqual(['default/a', 'default/b']);
  });

  it('tries what failed again with growing waits, and starts over after a success', async () => {
    const at: number[] = [];
    await using under = await setUp(async () => {
      at.push(under.clock.now());
      if (at.length < 4) throw new Error('not yet');
      return {};
    });
    const begun = under.clock.now();
    under.queue.add('a');
    await under.clock.advance(1000);
    expect(at.map((ms) => ms - begun)).toEqual([0, 5, 15, 35]);
    expect(under.queue.failures('a')).toBe(0);
  });

  it('looks again when asked to', async () => {
    let runs = 0;
    await using under = await setUp(async () => {
      runs += 1;
      return { requeueAfterMs: 1000 };
    });
    under.queue.add('a');
    await under.clock.advance(3500);
    expect(runs).toBe(4);
  });

  it('does not try again what cannot succeed, and says so', async () => {
    let runs = 0;
    const lines: string[] = [];
    const log = createLogger({ level: 'error', destination: { write: (line) => void lines.push(line) } });
    const fails: Reconciler = async () => {
      runs += 1;
      throw new TerminalError('nonsense in the spec');
    };
    await using under = await setUp(fails, { log });
    under.queue.add('a');
    await under.clock.advance(100_000);
    expect(runs).toBe(1);
    expect(lines).toHaveLength(1);
    under.queue.add('a');
    await under.clock.advance(0);
    expect(runs).toBe(2);
  });

  it('aborts a reconcile that takes too long, and tries again', async () => {
    let runs = 0;
    const reconcile: Reconciler = async (_, signal) => {
      runs += 1;
      await under.clock.sleep(1_000_000, signal);
      return {};
    };
    await using under = await setUp(reconcile, { reconcileTimeoutMs: 100 });
    under.queue.add('a');
    await under.clock.advance(99);
    expect(runs).toBe(1);
    await under.clock.advance(10);
    expect(runs).toBe(2);
  });

  it('works on as many keys at once as it has workers, never on one twice', async () => {
    let most = 0;
    const working = new Set<string>();
    const reconcile: Reconciler = async (key, signal) => {
      expect(working.has(key)).toBe(false);
      working.add(key);
      most = Math.max(most, working.size);
      await under.clock.sleep(10, signal);
      working.delete(key);
      return {};
    };
    await using under = await setUp(reconcile, { workers: 3 });
    for (let round = 0; round < 5; round++) {
      for (const key of ['a', 'b', 'c', 'd', 'e']) under.queue.add(key);
      await under.clock.advance(7);
    }
    expect(most).toBe(3);
  });

  it('begins when its caches are synced', async () => {
    const gate = Promise.withResolvers<undefined>();
    const clock = new FakeClock();
    const queue = new WorkQueue(clock);
    let runs = 0;
    const reconcile: Reconciler = async () => {
      runs += 1;
      return {};
    };
    const synced = () => gate.promise.then(() => undefined);
    queue.add('a');
    const starting = start([controller({ name: 'test', reconcile, queue, clock, log: silentLogger, synced })]);
    await clock.advance(0);
    expect(runs).toBe(0);
    gate.resolve(undefined);
    await using _running = await starting;
    await queue.settled();
    expect(runs).toBe(1);
  });

  it('ends while it works, aborting the work, and leaves no timer', async () => {
    const under = await setUp(async (_, signal) => {
      await under.clock.sleep(1_000_000, signal);
      return {};
    });
    under.queue.add('a');
    await under.clock.advance(1);
    await under.stop();
    expect(under.clock.pending).toBe(0);
  });
});
