import { describe, expect, it } from 'vitest';
import { aborted, FakeClock, systemClock } from '../../../src/component-base/index.ts';
import { dnsProviderConformance } from '../../../test/conformance/dns-provider.ts';
import type { RecordSet } from '../../zone/index.ts';
import { DnsProviderError } from '../dns-provider.ts';
import { ChangedMeanwhile, type Held, type Step } from './held.ts';
import { RemoteZone, type RemoteZoneApi } from './remote-zone.ts';

const origin = 'example.com';

/** A provider in memory: what it holds, and what becomes of the next writes. */
class Remote implements RemoteZoneApi<undefined> {
  readonly name = origin;
  readonly held = new Map<string, RecordSet | string>();
  readonly writes: Step<undefined>[][] = [];
  readonly nextWrites: (() => Promise<void> | void)[] = [];

  asPublished(set: RecordSet): RecordSet {
    return set;
  }

  onRead: (signal: AbortSignal) => Promise<void> = async () => undefined;

  async read(_: readonly string[] | undefined, signal: AbortSignal): Promise<readonly Held<undefined>[]> {
    await this.onRead(signal);
    return [...this.held].map(([key, is]) => {
      const [type = '', name = ''] = key.split(' ');
      return { name, type, is, raw: undefined };
    });
  }

  async write(steps: readonly Step<undefined>[], signal: AbortSignal): Promise<void> {
    this.writes.push([...steps]);
    await this.nextWrites.shift()?.();
    signal.throwIfAborted();
    for (const { name, type, after } of steps) {
      if (after === undefined) this.held.delete(`${type} ${name}`);
      else this.held.set(`${type} ${name}`, after);
    }
  }
}

dnsProviderConformance('A zone over the network', async () => {
  const zone = new RemoteZone(new Remote(), systemClock);
  return {
    provider: {
      zone: async (name) => {
        if (name === origin) return zone;
        throw new DnsProviderError('NoSuchZone', name);
      },
    },
    zone: origin,
    [Symbol.asyncDispose]: async () => undefined,
  };
});

const address = (name: string, ...data: string[]): RecordSet => ({
  name: `${name}.${origin}`,
  type: 'A',
  ttlSeconds: 60,
  data,
});
const upsert = (...sets: RecordSet[]) => ({ upsert: sets, remove: [] });

function setUp(options?: { readonly deadlineMs: number }) {
  const remote = new Remote();
  const clock = new FakeClock();
  return { remote, clock, zone: new RemoteZone(remote, clock, options) };
}

describe('a zone over the network', () => {
  it('writes together what comes in one moment, and what comes while it writes', async () => {
    const { remote, zone } = setUp();
    const gate = Promise.withResolvers<undefined>();
    remote.nextWrites.push(() => gate.promise.then(() => undefined));
    const first = ['a', 'b'].map((name) => zone.apply(upsert(address(name, '192.0.2.1'))));
    await expect.poll(() => remote.writes.length).toBe(1);
    const later = ['c', 'd', 'e'].map((name) => zone.apply(upsert(address(name, '192.0.2.1'))));
    gate.resolve(undefined);
    await Promise.all([...first, ...later]);
    expect(remote.writes.map((steps) => steps.length)).toEqual([2, 3]);
  });

  it('writes nothing where nothing differs', async () => {
    const { remote, zone } = setUp();
    await zone.apply(upsert(address('a', '192.0.2.1')));
    await zone.apply(upsert(address('a', '192.0.2.1')));
    expect(remote.writes).toHaveLength(1);
  });

  it('looks again with a growing delay when somebody else was faster, and gives up in the end', async () => {
    const { remote, clock, zone } = setUp();
    const stale = () => {
      throw new ChangedMeanwhile('it was another');
    };
    remote.nextWrites.push(stale, stale);
    const applied = zone.apply(upsert(address('a', '192.0.2.1')));
    await clock.advance(10_000);
    await clock.advance(10_000);
    await applied;
    expect(remote.writes).toHaveLength(3);

    remote.nextWrites.push(...Array.from({ length: 9 }, () => stale));
    const failed = expect(zone.apply(upsert(address('a', '192.0.2.2')))).rejects.toMatchObject({
      code: 'Unavailable',
      message: `zone ${origin} was changed by others at every one of 5 attempts: it was another`,
    });
    for (let attempt = 0; attempt < 5; attempt++) await clock.advance(10_000);
    await failed;
  });

  it('judges each change by what is there when it is made', async () => {
    const { remote, clock, zone } = setUp();
    const alias: RecordSet = { ...address('a', `b.${origin}`), type: 'CNAME' };
    remote.held.set(`A a.${origin}`, address('a', '192.0.2.1'));
    remote.nextWrites.push(() => {
      remote.held.delete(`A a.${origin}`);
      throw new ChangedMeanwhile('it is gone');
    });
    const applied = Promise.all([zone.apply(upsert(alias)), zone.apply(upsert(address('c', '192.0.2.1')))]);
    await clock.advance(10_000);
    await applied;
    expect(await zone.list()).toEqual([alias, address('c', '192.0.2.1')]);
  });

  it('makes changes one by one when the provider refuses something of all of them', async () => {
    const { remote, zone } = setUp();
    const refuse = () => {
      throw new DnsProviderError('Invalid', 'not so');
    };
    remote.nextWrites.push(
      refuse,
      () => undefined,
      refuse,
      () => undefined,
    );
    const results = await Promise.allSettled(
      ['a', 'b', 'c'].map((name) => zone.apply(upsert(address(name, '192.0.2.1')))),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await zone.list()).toEqual([address('a', '192.0.2.1'), address('c', '192.0.2.1')]);
  });

  it('tells all of a failure of the way there', async () => {
    const { remote, zone } = setUp();
    remote.nextWrites.push(() => {
      throw new DnsProviderError('Unavailable', 'gone');
    });
    const results = await Promise.allSettled(['a', 'b'].map((name) => zone.apply(upsert(address(name, '192.0.2.1')))));
    expect(results).toMatchObject([{ reason: { code: 'Unavailable' } }, { reason: { code: 'Unavailable' } }]);
    await zone.apply(upsert(address('a', '192.0.2.1')));
  });

  it('forgets what waits for a caller who goes, and finishes what is on its way', async () => {
    const { remote, zone } = setUp();
    const gate = Promise.withResolvers<undefined>();
    remote.nextWrites.push(() => gate.promise.then(() => undefined));
    const callers = [new AbortController(), new AbortController()];
    const applied = callers.map(async ({ signal }, index) => {
      if (index === 1) await expect.poll(() => remote.writes.length).toBe(1);
      await zone.apply(upsert(address(`n${index}`, '192.0.2.1')), signal);
    });
    const settled = Promise.allSettled(applied);
    await expect.poll(() => remote.writes.length).toBe(1);
    await new Promise(setImmediate);
    for (const caller of callers) caller.abort(new Error('gone home'));
    gate.resolve(undefined);
    expect(await settled).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    await zone.apply(upsert(address('last', '192.0.2.1')));
    expect((await zone.list()).map(({ name }) => name)).toEqual([`n0.${origin}`, `last.${origin}`]);
  });

  it('calls it unavailable when it takes too long', async () => {
    const { remote, zone } = setUp({ deadlineMs: 5 });
    remote.onRead = async (signal) => {
      await aborted(signal);
      throw new Error('aborted');
    };
    const message = `zone ${origin} has not answered within 0.005 seconds`;
    await expect(zone.list()).rejects.toMatchObject({ code: 'Unavailable', message });
    await expect(zone.apply(upsert(address('a', '192.0.2.1')))).rejects.toMatchObject({ code: 'Unavailable', message });
  });

  it('refuses to let more wait than it can hold', async () => {
    const { remote, zone } = setUp();
    const gate = Promise.withResolvers<undefined>();
    remote.nextWrites.push(() => gate.promise.then(() => undefined));
    const all = [zone.apply(upsert(address('first', '192.0.2.1')))];
    await expect.poll(() => remote.writes.length).toBe(1);
    for (let i = 0; i < 10_000; i++) all.push(zone.apply(upsert(address('same', '192.0.2.1'))));
    await expect(zone.apply(upsert(address('more', '192.0.2.1')))).rejects.toThrow('10000 changes waiting already');
    gate.resolve(undefined);
    await Promise.all(all);
  });
});
