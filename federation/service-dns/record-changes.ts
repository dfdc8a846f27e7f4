import type { RecordChanges, RecordSet } from '../../dns/provider/index.ts';
import { deepEqual } from '../../src/apimachinery/index.ts';

/** Names one record set within a zone. */
export function recordKey({ name, type }: Pick<RecordSet, 'name' | 'type'>): string {
  return `${name} ${type}`;
}

export function sameRecordSet(a: RecordSet, b: RecordSet): boolean {
  return (
    a.ttlSeconds === b.ttlSeconds &&
    a.data.length === b.data.length &&
    a.data.every((value, index) => value === b.data[index]) &&
    deepEqual(a.choice, b.choice)
  );
}

/** The least that turns `published` into `desired`; nothing to do gives two empty lists. */
export function changesBetween(published: readonly RecordSet[], desired: readonly RecordSet[]): RecordChanges {
  const before = new Map(published.map((set) => [recordKey(set), set]));
  const wanted = new Set(desired.map(recordKey));
  return {
    upsert: desired.filter((set) => {
      const old = before.get(recordKey(set));
      return old === undefined || !sameRecordSet(old, set);
    }),
    remove: published.filter((set) => !wanted.has(recordKey(set))).map(({ name, type }) => ({ name, type })),
  };
}
