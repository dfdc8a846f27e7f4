import type { RecordSet as AzureRecordSet, RecordType } from '@azure/arm-dns';
import { validRecordSet, ZoneError, type RecordSet } from '../../zone/index.ts';
import type { Held } from '../remote/held.ts';
import { plainSet } from '../remote/plain-set.ts';
import { readFields, writeFields } from './record-fields.ts';

const APEX = '@';

/** It answers everybody alike, and for a second at least. */
export function asPublished(set: RecordSet): RecordSet {
  const plain = plainSet(set);
  return plain.ttlSeconds === 0 ? { ...plain, ttlSeconds: 1 } : plain;
}

/** What a request says of the set; what others noted on it stays. */
export function azureRecordSet(set: RecordSet, before: AzureRecordSet | undefined): AzureRecordSet {
  const { metadata } = before ?? {};
  return { ttl: set.ttlSeconds, ...writeFields(set), ...(metadata === undefined ? {} : { metadata }) };
}

export function heldRecordSet(zone: string, raw: AzureRecordSet): Held<AzureRecordSet> {
  const name = absoluteName(zone, raw.name ?? APEX);
  const type = raw.type?.split('/').at(-1) ?? '';
  return { name, type, is: setOf({ name, type }, raw), raw };
}

function setOf({ name, type }: { readonly name: string; readonly type: string }, raw: AzureRecordSet) {
  if (raw.targetResource?.id !== undefined) return 'it is an alias, which was made otherwise';
  try {
    // @NOTE a type that is not published here is told of by the validation.
    const known = type as RecordSet['type'];
    return validRecordSet({ name, type: known, ttlSeconds: raw.ttl ?? 0, data: readFields(type, raw) });
  } catch (err) {
    if (err instanceof ZoneError) return err.message;
    throw err;
  }
}

const absoluteName = (zone: string, relative: string) =>
  relative === APEX ? zone : `${relative.toLowerCase()}.${zone}`;

/** How requests call a name in the zone. */
export const relativeName = (zone: string, name: string): string =>
  name === zone ? APEX : name.slice(0, -zone.length - 1);

/** What the names that have the same parent end with; undefined for those right below the zone, and itself. */
export function commonSuffix(zone: string, name: string): string | undefined {
  const relative = relativeName(zone, name);
  const dot = relative.indexOf('.');
  return dot === -1 ? undefined : relative.slice(dot + 1);
}

// @NOTE writing a set of a type that it does not have is refused before.
export const azureType = (type: string): RecordType => type as RecordType;
