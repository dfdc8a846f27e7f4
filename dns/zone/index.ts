export type { Candidate, Choice } from './choice.ts';
export {
  type AnyRecordSet,
  type NamedRecordType,
  type QueryType,
  type RecordChanges,
  type RecordSet,
  type RecordSetKey,
  type RecordType,
  recordKey,
  sameRecordSet,
} from './record-set.ts';
export { isRecordType, typeNumbers } from './record-type.ts';
export {
  certificationAuthorityText,
  parseCertificationAuthority,
  type CertificationAuthority,
} from './data/certification-authority.ts';
export { opaqueText, parseOpaqueData } from './data/opaque-data.ts';
export { parseServiceBinding, serviceBindingText, type ServiceBinding } from './data/service-binding.ts';
export { textItem, textStrings } from './data/text-strings.ts';
export { isWithin, labelEnd, nameProblem } from './name.ts';
export { validRecordSet } from './validate-record-set.ts';
export { parseRecordLine, setsOfRecords, type RecordLine } from './record-text.ts';
export { ZoneError, type ZoneErrorCode } from './zone-error.ts';
export { nextSerial } from './next-serial.ts';
export { optionsText, ownSets, soaOf, type ZoneOptions } from './zone-options.ts';
export type { ZoneChange, ZoneDelta, ZoneSnapshot, ZoneView } from './zone-delta.ts';
export { createZone, ZoneBuilder, type BuiltZone } from './zone-builder.ts';
export { isPublished, publishedSets, type Zone } from './zone.ts';
export { zoneSet, type ZoneSet, type ZoneSource } from './zone-set.ts';
export { lookup, type LookupResult } from './lookup.ts';
