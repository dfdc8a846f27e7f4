import { copyFile, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { silentLogger as log } from '../../../src/component-base/index.ts';
import { publishedSets, type RecordChanges, type RecordSet, type Zone, type ZoneOptions } from '../../zone/index.ts';
import { ZoneLog, type ZoneLogOptions } from './zone-log.ts';

const zone: ZoneOptions = { name: 'example.com' };

class TemporaryDirectory implements AsyncDisposable {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get logFile(): string {
    return join(this.path, 'example.com.log');
  }

  opened(options?: Partial<ZoneLogOptions>): ZoneLog {
    return new ZoneLog({ directory: this.path, zone, ...options }, { firstSerial: () => 100, log });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true });
  }
}

const temporary = async () => new TemporaryDirectory(await mkdtemp(join(tmpdir(), 'koinon-zone-log-')));

const address = (name: string, data: string): RecordSet => ({
  name: `${name}.example.com`,
  type: 'A',
  ttlSeconds: 180,
  data: [data],
});

const upsert = (...sets: RecordSet[]): RecordChanges => ({ upsert: sets, remove: [] });

async function change(store: ZoneLog, of: Zone, ...all: RecordChanges[]): Promise<void> {
  const draft = of.draft();
  for (const changes of all) draft.change(changes);
  await store.save(of, draft.deltas);
  of.take(draft);
}

const stateOf = (of: Zone) => ({
  serial: of.serial,
  sets: new Set(publishedSets(of).map((set) => JSON.stringify(set))),
});

/** What is found after the process ended. */
async function found(directory: TemporaryDirectory, options?: Partial<ZoneLogOptions>) {
  await using store = directory.opened(options);
  const { zone: read, displaced } = await store.load();
  return { ...stateOf(read), displaced, deltas: read.changesSince(100)?.length };
}

describe('ZoneLog', () => {
  it('finds what was saved, and the changes that led there', async () => {
    await using directory = await temporary();
    const choice: RecordSet = {
      ...address('c', '192.0.2.3'),
      choice: { policy: 'weighted', candidates: [{ name: 'x', data: ['192.0.2.3'], weight: 2 }] },
    };
    const saved = await (async () => {
      await using store = directory.opened();
      const { zone: kept } = await store.load();
      await change(store, kept, upsert(address('a', '192.0.2.1'), choice), upsert(address('b', '192.0.2.2')));
      await change(store, kept, { upsert: [], remove: [address('a', '')] });
      return kept;
    })();
    expect(await found(directory)).toEqual({ ...stateOf(saved), displaced: [], deltas: 3 });
    await using again = directory.opened();
    expect((await again.load()).zone.changesSince(100)).toEqual(saved.changesSince(100));
  });

  it('finds a state that there was, wherever a loss of power cut what it wrote', async () => {
    await using directory = await temporary();
    const states: { readonly bytes: number; readonly serial: number }[] = [];
    await using store = directory.opened();
    const { zone: kept } = await store.load();
    for (let i = 0; i < 3; i++) {
      await change(store, kept, upsert(address(`n${i}`, `192.0.2.${i}`)));
      states.push({ bytes: (await stat(directory.logFile)).size, serial: kept.serial });
    }
    const [first] = states;
    const whole = await readFile(directory.logFile);
    for (let bytes = first!.bytes; bytes <= whole.length; bytes++) {
      const rest =
        bytes % 2 === 0 ? whole.subarray(0, bytes) : Buffer.concat([whole.subarray(0, bytes), Buffer.alloc(9)]);
      await using other = await temporary();
      await writeFile(other.logFile, rest);
      const expected = states.findLast((state) => state.bytes <= bytes);
      expect(await found(other)).toMatchObject({ serial: expected?.serial });
      // What was cut off is gone for good: the next change follows the last whole one.
      expect((await stat(other.logFile)).size).toBe(expected?.bytes);
    }
  });

  it('does not start where something in the middle is lost, and says where', async () => {
    await using directory = await temporary();
    await using store = directory.opened();
    const { zone: kept } = await store.load();
    await change(store, kept, upsert(address('a', '192.0.2.1')));
    await change(store, kept, upsert(address('b', '192.0.2.2')));
    const lines = (await readFile(directory.logFile, 'latin1')).split('\n');
    const damaged = [
      lines.toSpliced(2, 1, lines[2]!.replace('192.0.2.1', '192.0.2.9')),
      lines.toSpliced(1, 1),
      lines.slice(0, 1),
      lines.toSpliced(0, 1),
    ];
    for (const damage of damaged) {
      await using other = await temporary();
      await writeFile(other.logFile, damage.join('\n'));
      await expect(found(other)).rejects.toThrow(`zone file ${other.logFile} is damaged`);
    }
  });

  it('gives another serial to a zone whose options put something else in it, and lets them have precedence', async () => {
    await using directory = await temporary();
    await (async () => {
      await using store = directory.opened();
      const { zone: kept } = await store.load();
      await change(store, kept, upsert(address('ns', '192.0.2.1'), address('a', '192.0.2.2')));
    })();
    const changed: ZoneOptions = { ...zone, nameservers: [{ name: 'ns.example.com', addresses: ['192.0.2.53'] }] };
    for (const options of [changed, changed]) {
      expect(await found(directory, { zone: options })).toMatchObject({
        serial: 102,
        sets: new Set([JSON.stringify(address('a', '192.0.2.2'))]),
        displaced: [address('ns', '192.0.2.1')],
        deltas: undefined,
      });
    }
    expect(await found(directory)).toMatchObject({ serial: 103, displaced: [] });
  });

  it('reads what was kept before there were logs, and keeps a log from the first change on', async () => {
    await using directory = await temporary();
    const record = address('a', '192.0.2.1');
    const content = { format: 'koinon-zone/1', zone: 'example.com', serial: 7, records: [record] };
    await writeFile(join(directory.path, 'example.com.json'), JSON.stringify(content));
    await using store = directory.opened();
    const { zone: kept } = await store.load();
    expect([kept.serial, publishedSets(kept)]).toEqual([7, [record]]);
    await change(store, kept, upsert(address('b', '192.0.2.2')));
    expect(await readdir(directory.path)).toEqual(['example.com.log']);
    expect(await found(directory)).toMatchObject(stateOf(kept));
  });

  it.each(['write', 'datasync'] as const)(
    'has nothing of a change whose %s failed, and all that came after',
    async (step) => {
      await using directory = await temporary();
      await using store = directory.opened();
      const { zone: kept } = await store.load();
      await change(store, kept, upsert(address('a', '192.0.2.1')));
      await using handle = await open(directory.logFile);
      const prototype = Object.getPrototypeOf(handle) as typeof handle; // @NOTE every handle has it
      for (const truncating of [false, true]) {
        using _failing = vi.spyOn(prototype, step).mockRejectedValueOnce(new Error('no space'));
        using _worse = truncating
          ? vi.spyOn(prototype, 'truncate').mockRejectedValueOnce(new Error('bad disk'))
          : undefined;
        await expect(change(store, kept, upsert(address('lost', '192.0.2.2')))).rejects.toThrow('no space');
        await change(store, kept, upsert(address(`after-${truncating}`, '192.0.2.3')));
        expect(await found(directory)).toMatchObject(stateOf(kept));
      }
      expect(await readdir(directory.path)).toEqual(['example.com.log']);
    },
  );

  it('has every change at any moment, though it is written anew time and again', async () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e').map((label) => label.repeat(40));
    const step = fc.record({ name, drop: fc.boolean(), data: fc.ipV4() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60 }), async (steps) => {
        await using directory = await temporary();
        await using snapshots = await temporary();
        await using store = directory.opened({ rewriteBytes: 200 });
        const { zone: kept } = await store.load();
        for (const { name: owner, drop, data } of steps) {
          const set = address(owner, data);
          await change(store, kept, drop ? { upsert: [], remove: [set] } : upsert(set));
          if (kept.serial % 7 !== 0) continue;
          await copyFile(directory.logFile, snapshots.logFile);
          expect(await found(snapshots)).toMatchObject(stateOf(kept));
        }
        await store[Symbol.asyncDispose]();
        expect(await found(directory)).toMatchObject(stateOf(kept));
        expect((await readdir(directory.path)).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });

  it('is written anew while changes go on', async () => {
    await using directory = await temporary();
    await using store = directory.opened({ rewriteBytes: 2000 });
    const { zone: kept } = await store.load();
    let largest = 0;
    for (let i = 0; i < 150; i++) {
      await change(store, kept, upsert(address('a', `192.0.2.${i % 250}`)));
      largest = Math.max(largest, (await stat(directory.logFile)).size);
    }
    expect(largest).toBeLessThan(150 * 60);
    expect(await found(directory)).toMatchObject(stateOf(kept));
  });
});
