import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dnsProviderConformance } from '../../test/conformance/dns-provider.ts';
import { silentLogger as log, start, systemClock as clock, untilAborted } from '../../src/component-base/index.ts';
import { createLocalZones, type RecordSet } from './index.ts';

const zones = [{ name: 'example.com' }];

async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'koinon-zones-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

dnsProviderConformance('Zones in memory', async () => {
  const provider = createLocalZones({ zones, clock, log });
  const running = await start([provider]);
  return { provider, rival: provider, zone: 'example.com', [Symbol.asyncDispose]: () => running.stop() };
});

dnsProviderConformance('Zones in files', async () => {
  const directory = await temporaryDirectory();
  const provider = createLocalZones({ directory: directory.path, zones, clock, log });
  const running = await start([provider]);
  return {
    provider,
    rival: provider,
    zone: 'example.com',
    [Symbol.asyncDispose]: async () => {
      await running.stop();
      await directory[Symbol.asyncDispose]();
    },
  };
});

describe('createLocalZones', () => {
  const address: RecordSet = { name: 'a.example.com', type: 'A', ttlSeconds: 180, data: ['192.0.2.1'] };

  it('has what was applied after it was started again, and a serial that does not go back', async () => {
    await using directory = await temporaryDirectory();
    const serials: (number | undefined)[] = [];
    for (const sets of [[address], []]) {
      const provider = createLocalZones({ directory: directory.path, zones, clock, log });
      await using _running = await start([provider]);
      const zone = await provider.zone('example.com');
      await zone.apply({ upsert: sets, remove: [] });
      expect(await zone.list()).toEqual([address]);
      serials.push(provider.current().find('example.com')?.serial);
    }
    expect(serials[1]).toBeGreaterThanOrEqual(serials[0]!);
  });

  it('lets only so many changes wait', async () => {
    const provider = createLocalZones({ zones, clock, log });
    await using _running = await start([provider]);
    const zone = await provider.zone('example.com');
    const nothing = { upsert: [], remove: [] };
    const results = await Promise.allSettled(Array.from({ length: 10_001 }, () => zone.apply(nothing)));
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: 'Unavailable' }) as unknown },
    ]);
  });

  it('waits for the zones no longer than the caller', async () => {
    const provider = createLocalZones({ zones, clock, log });
    const calling = new AbortController();
    const listed = (await provider.zone('example.com')).list(calling.signal);
    calling.abort(new Error('gone home'));
    await expect(listed).rejects.toThrow('gone home');
  });

  it('decides about a change by what is there then, tells of it, and rejects with what refuses it', async () => {
    const provider = createLocalZones({ zones, clock, log });
    await using _running = await start([provider]);
    const told: string[] = [];
    const stop = provider.onChange(({ zone, names }) => told.push(`${zone}: ${String(names)}`));
    const add = (item: string) =>
      provider.change('example.com', (current) => {
        const data = current.sets('a.example.com').flatMap((set) => set.data);
        if (data.includes(item)) throw new Error('is there');
        return { upsert: [{ ...address, data: [...data, item] }], remove: [] };
      });
    const all = await Promise.allSettled(['192.0.2.1', '192.0.2.2', '192.0.2.1', '192.0.2.3'].map(add));
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect((await (await provider.zone('example.com')).list())[0]?.data).toHaveLength(3);
    stop();
    await add('192.0.2.4');
    expect(told).toEqual(Array.from({ length: 3 }, () => 'example.com: a.example.com'));
    await expect(provider.change('example.org', () => ({ upsert: [], remove: [] }))).rejects.toMatchObject({
      code: 'NoSuchZone',
    });
  });

  it('makes a change whenever it comes, also in the moment in which the one before is done', async () => {
    const provider = createLocalZones({ zones, clock, log });
    await using _running = await start([provider]);
    const zone = await provider.zone('example.com');
    for (let pause = 0; pause < 40; pause++) {
      const first = zone.apply({ upsert: [{ ...address, ttlSeconds: pause }], remove: [] });
      for (let turn = 0; turn < pause; turn++) await Promise.resolve();
      const second = zone.apply({ upsert: [{ ...address, ttlSeconds: 100 + pause }], remove: [] });
      await untilAborted(Promise.all([first, second]), AbortSignal.timeout(10_000));
    }
    expect(await zone.list()).toEqual([{ ...address, ttlSeconds: 139 }]);
  });

  it('serves a change only when it is durable', async () => {
    await using directory = await temporaryDirectory();
    const provider = createLocalZones({ directory: directory.path, zones, clock, log });
    await using _running = await start([provider]);
    const before = provider.current();
    const applied = (await provider.zone('example.com')).apply({ upsert: [address], remove: [] });
    await Promise.resolve();
    expect(provider.current()).toBe(before);
    await applied;
    expect(provider.current()).not.toBe(before);
    expect(await readdir(directory.path)).toEqual(['example.com.log']);
  });

  it.each([
    ['is no JSON', '{'],
    ['is of another zone', '{"format":"koinon-zone/1","zone":"example.org","serial":1,"records":[]}'],
    [
      'has a record set that cannot be',
      '{"format":"koinon-zone/1","zone":"example.com","serial":1,"records":[{"name":"a.example.com","type":"A","ttlSeconds":1,"data":["x"]}]}',
    ],
    [
      'has a type that cannot be',
      '{"format":"koinon-zone/1","zone":"example.com","serial":1,"records":[{"name":"a.example.com","type":"MX","ttlSeconds":1,"data":["x"]}]}',
    ],
  ])('does not start on a file that %s, and names it', async (_, content) => {
    await using directory = await temporaryDirectory();
    const path = join(directory.path, 'example.com.json');
    await writeFile(path, content);
    const provider = createLocalZones({ directory: directory.path, zones, clock, log });
    await expect(start([provider])).rejects.toThrow(`zone file ${path} is damaged`);
  });

  it('says that it could not write, and goes on serving what it had', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(join(directory.path, 'file'), '');
    const provider = createLocalZones({ directory: join(directory.path, 'later'), zones, clock, log });
    await using _running = await start([provider]);
    await writeFile(join(directory.path, 'later'), 'a file where the directory should be');
    const zone = await provider.zone('example.com');
    await expect(zone.apply({ upsert: [address], remove: [] })).rejects.toMatchObject({ code: 'Unavailable' });
    expect(await zone.list()).toEqual([]);
  });
});
