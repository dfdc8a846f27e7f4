import { isWithin, type AnyRecordSet, type ZoneView } from '../zone/index.ts';
import type { UpdateRecord } from './decode-update.ts';
import { recordClasses } from './record-classes.ts';
import { UpdateRefused } from './update-refused.ts';

/** RFC 2136 §3.2: throws `UpdateRefused` for the first that does not hold. */
export function requirePrerequisites(records: readonly UpdateRecord[], zone: ZoneView): void {
  const wanted = new Map<string, UpdateRecord[]>();
  for (const record of records) {
    if (record.ttlSeconds !== 0) throw new UpdateRefused('FORMERR', 'a prerequisite with a TTL');
    if (!isWithin(record.name, zone.name)) throw new UpdateRefused('NOTZONE', `${record.name} is not in ${zone.name}`);
    switch (record.class) {
      case recordClasses.ANY:
      case recordClasses.NONE:
        requireBare(record, zone, record.class === recordClasses.ANY);
        break;
      case recordClasses.IN:
        collect(wanted, record);
        break;
      default:
        throw new UpdateRefused('FORMERR', `a prerequisite of class ${record.class}`);
    }
  }
  for (const set of wanted.values()) requireSameSet(set, zone);
}

/** A name or a set that must be there, or must not. */
function requireBare(record: UpdateRecord, zone: ZoneView, there: boolean): void {
  if (record.item !== undefined) throw new UpdateRefused('FORMERR', 'a prerequisite with data that can have none');
  const sets = zone.sets(record.name);
  if (record.type === 'ANY') {
    if (sets.length > 0 === there) return;
    throw new UpdateRefused(there ? 'NXDOMAIN' : 'YXDOMAIN', `${record.name} is ${there ? 'not ' : ''}in use`);
  }
  if (sets.some(({ type }) => type === record.type) === there) return;
  const state = there ? 'does not exist' : 'exists';
  throw new UpdateRefused(there ? 'NXRRSET' : 'YXRRSET', `${record.name} ${record.type} ${state}`);
}

function collect(wanted: Map<string, UpdateRecord[]>, record: UpdateRecord): void {
  if (record.type === 'ANY') throw new UpdateRefused('FORMERR', 'a prerequisite for records of type ANY');
  const key = `${record.type} ${record.name}`;
  const set = wanted.get(key);
  if (set === undefined) wanted.set(key, [record]);
  else set.push(record);
}

function requireSameSet(records: readonly UpdateRecord[], zone: ZoneView): void {
  const [{ name, type } = { name: '', type: 'ANY' }] = records;
  const there: readonly string[] = zone.sets(name).find((set: AnyRecordSet) => set.type === type)?.data ?? [];
  const items = new Set(records.map(({ item }) => item));
  if (items.size === there.length && there.every((item) => items.has(item))) return;
  throw new UpdateRefused('NXRRSET', `${name} ${type} has other data`);
}
