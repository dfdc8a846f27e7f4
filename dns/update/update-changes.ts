import {
  isWithin,
  sameRecordSet,
  type AnyRecordSet,
  type QueryType,
  type RecordChanges,
  type RecordSet,
  type ZoneView,
} from '../zone/index.ts';
import type { UpdateRecord } from './decode-update.ts';
import { recordClasses } from './record-classes.ts';
import { UpdateRefused } from './update-refused.ts';

/** Whether whoever asks may change what `name` has of `type`; ANY where it is about all of it. */
export type MayChange = (name: string, type: QueryType) => boolean;

/** RFC 2136 §3.4: what the updates make of the zone, one after the other. Throws `UpdateRefused` before anything is made. */
export function updateChanges(records: readonly UpdateRecord[], zone: ZoneView, mayChange: MayChange): RecordChanges {
  for (const record of records) requireGood(record, zone, mayChange);
  const names = new Map<string, AnyRecordSet[]>();
  for (const record of records) {
    const sets = names.get(record.name) ?? [...zone.sets(record.name)];
    names.set(record.name, updated(sets, record, zone.name));
  }
  return differences(names, zone);
}

const META_TYPES: ReadonlySet<QueryType> = new Set([
  'TYPE41',
  'TYPE249',
  'TYPE250',
  'TYPE251',
  'TYPE252',
  'TYPE253',
  'TYPE254',
]);

/** RFC 2136 §3.4.1. */
function requireGood(record: UpdateRecord, zone: ZoneView, mayChange: MayChange): void {
  const { name, type } = record;
  if (!isWithin(name, zone.name)) throw new UpdateRefused('NOTZONE', `${name} is not in ${zone.name}`);
  const problem = problemOf(record);
  if (problem !== undefined) throw new UpdateRefused('FORMERR', `${name} ${type}: ${problem}`);
  if (!mayChange(name, type)) throw new UpdateRefused('REFUSED', `${name} ${type} may not be changed`);
}

function problemOf({ type, class: recordClass, ttlSeconds, item }: UpdateRecord): string | undefined {
  if (META_TYPES.has(type)) return 'no type of data';
  switch (recordClass) {
    case recordClasses.IN:
      return type === 'ANY' || item === undefined ? 'an addition without type or data' : undefined;
    case recordClasses.ANY:
      return ttlSeconds !== 0 || item !== undefined ? 'a deletion of a set with TTL or data' : undefined;
    case recordClasses.NONE:
      return ttlSeconds !== 0 || type === 'ANY' || item === undefined
        ? 'a deletion of a record with a TTL, or without type or data'
        : undefined;
    default:
      return `an update of class ${recordClass}`;
  }
}

/** RFC 2136 §3.4.2: what is not possible at a name that has, or is, an alias is passed over there, not refused. */
function updated(sets: AnyRecordSet[], record: UpdateRecord, apex: string): AnyRecordSet[] {
  if (record.class === recordClasses.IN) return added(sets, record);
  const isApex = record.name === apex;
  // SOA and name servers of the zone stay, whatever is deleted.
  const stays = ({ type }: AnyRecordSet) => isApex && (type === 'SOA' || type === 'NS');
  if (record.class === recordClasses.ANY) {
    return sets.filter((set) => stays(set) || (record.type !== 'ANY' && set.type !== record.type));
  }
  return sets.flatMap((set) => {
    const isHit = set.type === record.type && set.type !== 'SOA' && set.data.some((item) => item === record.item);
    if (!isHit) return [set];
    const data = set.data.filter((item) => item !== record.item);
    if (data.length === 0) return isApex && set.type === 'NS' ? [set] : [];
    return [{ ...plain(set), data }];
  });
}

function added(sets: AnyRecordSet[], { name, type, ttlSeconds, item }: UpdateRecord): AnyRecordSet[] {
  if (type === 'ANY' || item === undefined) return sets;
  const isAlias = sets.some((set) => set.type === 'CNAME');
  if (isAlias ? type !== 'CNAME' : type === 'CNAME' && sets.length > 0) return sets;
  const before = sets.find((set) => set.type === type);
  if (before?.ttlSeconds === ttlSeconds && before.data.includes(item)) return sets;
  const single = type === 'CNAME' || type === 'SOA';
  const data = before === undefined || single ? [item] : [...new Set([...before.data, item])].sort();
  return [...sets.filter((set) => set !== before), { name, type, ttlSeconds, data }];
}

/** Whoever edits records by hand has no say in which of them a client gets. */
function plain({ name, type, ttlSeconds, data }: AnyRecordSet): AnyRecordSet {
  return { name, type, ttlSeconds, data };
}

function differences(names: ReadonlyMap<string, readonly AnyRecordSet[]>, zone: ZoneView): RecordChanges {
  const upsert: RecordSet[] = [];
  const remove: RecordSet[] = [];
  for (const [name, after] of names) {
    const before = zone.sets(name);
    for (const set of after)
      if (!before.some((other) => other === set || sameRecordSet(other, set))) upsert.push(publishable(set));
    for (const set of before) if (!after.some(({ type }) => type === set.type)) remove.push(publishable(set));
  }
  return { upsert, remove };
}

function publishable(set: AnyRecordSet): RecordSet {
  if (set.type === 'SOA') throw new UpdateRefused('REFUSED', 'the SOA of a zone comes from its options');
  return set as RecordSet; // @NOTE the zone refuses types that it does not publish
}
