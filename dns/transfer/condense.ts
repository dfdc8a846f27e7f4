import type { AnyRecordSet, ZoneDelta } from '../zone/index.ts';

/** What several changes did, record by record: what came and went again is in neither list (RFC 1995 §5). */
export interface CondensedDelta {
  readonly removed: readonly AnyRecordSet[];
  readonly added: readonly AnyRecordSet[];
}

export function condense(deltas: readonly ZoneDelta[]): CondensedDelta {
  const removed = new Map<string, AnyRecordSet>();
  const added = new Map<string, AnyRecordSet>();
  for (const delta of deltas) {
    for (const record of recordsOf(delta.removed)) move(record, added, removed);
    for (const record of recordsOf(delta.added)) move(record, removed, added);
  }
  return { removed: [...removed.values()], added: [...added.values()] };
}

/** One record each. */
function* recordsOf(sets: readonly AnyRecordSet[]): Generator<AnyRecordSet> {
  for (const { name, type, ttlSeconds, data } of sets) {
    for (const item of data) yield { name, type, ttlSeconds, data: [item] };
  }
}

/** Takes back what was done the other way, or notes what is done now. */
function move(record: AnyRecordSet, opposite: Map<string, AnyRecordSet>, own: Map<string, AnyRecordSet>): void {
  const key = `${record.type} ${record.ttlSeconds} ${record.name} ${record.data[0] ?? ''}`;
  if (!opposite.delete(key)) own.set(key, record);
}
