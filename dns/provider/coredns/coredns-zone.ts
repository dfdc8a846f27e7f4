import { mapConcurrent } from '../../../src/component-base/index.ts';
import type { RecordSet } from '../../zone/index.ts';
import { ChangedMeanwhile, type Held, type Step } from '../remote/held.ts';
import { plainSet } from '../remote/plain-set.ts';
import { mapInTurns } from '../remote/map-in-turns.ts';
import { toldSet } from '../remote/told-set.ts';
import type { RemoteZoneApi } from '../remote/remote-zone.ts';
import { readKeys, transact, type EtcdKey, type EtcdTransaction } from './etcd-keys.ts';
import type { EtcdGateway } from './etcd-gateway.ts';
import { itemOf, pathOf, readRecords, requireServed, textOf, writtenKeys, type ReadRecord } from './skydns-record.ts';

/** The keys of a set. */
type Raw = readonly EtcdKey[];

/** More names than these are read with all others. */
const MAX_NAMES = 100;
const CONCURRENCY = 4;
/** Of what one transaction asks for and of what it does: 128 are allowed unless etcd is told otherwise. */
const MAX_OPERATIONS = 120;

/** One zone below `prefix` in etcd. */
export function coreDnsZone(name: string, prefix: string, gateway: EtcdGateway): RemoteZoneApi<Raw> {
  /** When the names that are about to be written were read. */
  let readAt: ReadonlyMap<string, number> = new Map();

  const readBelow = async (at: string, signal: AbortSignal) => {
    const { keys, revision } = await readKeys(gateway, pathOf(prefix, at), signal);
    return { held: await heldSets(prefix, keys), revision };
  };
  return {
    name,
    read: async (names, signal) => {
      if (names === undefined || names.length > MAX_NAMES) {
        const { held, revision } = await readBelow(name, signal);
        if (names !== undefined) readAt = new Map(names.map((one) => [one, revision]));
        return held;
      }
      const found = await mapConcurrent(names, CONCURRENCY, (one) => readBelow(one, signal), signal);
      const revisions = new Map<string, number>();
      const held = found.flatMap((result, index) => {
        if (result.status === 'rejected') throw result.reason;
        const [one = '', { revision, held: below }] = [names[index], result.value];
        revisions.set(one, revision);
        return below.filter((set) => set.name === one);
      });
      readAt = revisions;
      return held;
    },
    write: async (steps, signal) => {
      for (const { after } of steps) if (after !== undefined) requireServed(after);
      for (const transaction of transactions(prefix, steps, readAt)) {
        if (!(await transact(gateway, transaction, signal))) throw new ChangedMeanwhile('keys in etcd have changed');
      }
    },
    asPublished: (set) => {
      const { data, ...plain } = plainSet(set);
      const kept = plain.type === 'TXT' ? data.map((item) => itemOf(textOf(item) ?? '')) : data;
      return { ...plain, ttlSeconds: Math.max(1, plain.ttlSeconds), data: kept };
    },
  };
}

/** Each changes some names as a whole. Names come before those below them, for what changed below a name is a conflict. */
function* transactions(
  prefix: string,
  steps: readonly Step<Raw>[],
  readAt: ReadonlyMap<string, number>,
): Generator<EtcdTransaction> {
  const names = [...Map.groupBy(steps, ({ name }) => name)].sort(([a], [b]) => depth(a) - depth(b));
  let parts: EtcdTransaction[] = [];
  for (const [name, ofName] of names) {
    const part = nameChange(prefix, ofName, readAt.get(name) ?? 0);
    if (parts.length > 0 && weight([...parts, part]) > MAX_OPERATIONS) {
      yield merged(parts);
      parts = [];
    }
    parts.push(part);
  }
  if (parts.length > 0) yield merged(parts);
}

const depth = (name: string) => name.split('.').length;

function weight(parts: readonly EtcdTransaction[]): number {
  const { unchanged, kept, operations } = merged(parts);
  return Math.max(unchanged.length * 2 + kept.length, operations.length);
}

const merged = (parts: readonly EtcdTransaction[]): EtcdTransaction => ({
  unchanged: parts.flatMap(({ unchanged }) => unchanged),
  kept: parts.flatMap(({ kept }) => kept),
  operations: parts.flatMap(({ operations }) => operations),
});

function nameChange(prefix: string, steps: readonly Step<Raw>[], since: number): EtcdTransaction {
  const key = pathOf(prefix, steps[0]?.name ?? '');
  const puts = new Map(steps.flatMap(({ after }) => (after === undefined ? [] : [...writtenKeys(prefix, after)])));
  const kept = steps.flatMap(({ before }) => before?.raw ?? []);
  const gone = new Set(kept.map((one) => one.key).filter((one) => !puts.has(one)));
  return {
    unchanged: [{ key, since, below: true }],
    kept,
    operations: [...[...puts].map(([put, value]) => ({ put, value })), ...[...gone].map((remove) => ({ remove }))],
  };
}

async function heldSets(prefix: string, keys: readonly EtcdKey[]): Promise<Held<Raw>[]> {
  const found = await mapInTurns(keys, (key) =>
    readRecords(prefix, key.key, key.value).map((record) => ({ record, key })),
  );
  const sets = Map.groupBy(found.flat(), ({ record: { name, type } }) => `${name} ${type}`);
  const held = await mapInTurns(sets.values(), (records): Held<Raw>[] => {
    const [first] = records;
    if (first === undefined) return [];
    const { name, type } = first.record;
    const is = setOf(
      records.map(({ record }) => record),
      first.record,
    );
    return [{ name, type, is, raw: records.map(({ key }) => key) }];
  });
  return held.flat();
}

/** The TTL of a set is that of its record that is kept least (RFC 2181 §5.2). */
function setOf(records: readonly ReadRecord[], { name, type }: ReadRecord): RecordSet | string {
  const problem = records.find((record) => record.problem !== undefined)?.problem;
  if (problem !== undefined) return problem;
  const ttlSeconds = Math.min(...records.map((record) => record.ttlSeconds));
  return toldSet({ name, type, ttlSeconds, data: records.map(({ item }) => item) });
}
