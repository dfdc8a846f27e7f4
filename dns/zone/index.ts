export type { Candidate, Choice } from './choice.ts';
export {
  type AnyRecordSet,
  type QueryType,
  type RecordChanges,
  type RecordSet,
  type RecordSetKey,
  type RecordType,
} from './record-set.ts';
export { isWithin, labelEnd } from './name.ts';
export { validRecordSet } from './validate-record-set.ts';
export { ZoneError, type ZoneErrorCode } from './zone-error.ts';
export { changeZone, createZone, publishedSets, type Zone, type ZoneOptions } from './zone.ts';
export { zoneSet, type ZoneSet, type ZoneSource } from './zone-set.ts';
export { lookup, type LookupResult } from './lookup.ts';
