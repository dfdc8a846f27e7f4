import { isIPv4, isIPv6 } from 'node:net';
import { isDeepStrictEqual } from 'node:util';

/** A record set as the API tells it, names in lower case with a final dot, values sorted. */
export interface Route53Record {
  readonly name: string;
  readonly type: string;
  readonly ttl?: number;
  readonly values: readonly string[];
  readonly setIdentifier?: string;
  /** The routing fields as they came, by name: Weight, Region, Failover, GeoProximityLocation …. */
  readonly routing: Readonly<Record<string, unknown>>;
  readonly healthCheckId?: string;
  readonly alias?: string;
}

export interface Route53Change {
  readonly action: string;
  readonly record: Route53Record;
}

const MAX_RECORDS = 1000;
const MAX_CHARACTERS = 32_000;

/** What is wrong with the batch as a whole: its size, counted as documented. */
export function batchProblem(changes: readonly Route53Change[]): string | undefined {
  let records = 0;
  let characters = 0;
  for (const { action, record } of changes) {
    const times = action === 'UPSERT' ? 2 : 1;
    records += times * record.values.length;
    characters += times * record.values.reduce((sum, value) => sum + value.length, 0);
  }
  if (changes.length === 0) return 'The request does not contain any changes';
  if (records > MAX_RECORDS) return `Number of records limit of ${MAX_RECORDS} exceeded.`;
  return characters > MAX_CHARACTERS ? `Number of characters limit of ${MAX_CHARACTERS} exceeded.` : undefined;
}

/** The records after the changes, made one after the other. Throws an `Error` with the service's words. */
export function changedRecords(
  zone: string,
  before: readonly Route53Record[],
  changes: readonly Route53Change[],
): Route53Record[] {
  let records = [...before];
  for (const { action, record } of changes) {
    const there = records.find((other) => sameKey(other, record));
    const shown = `[name='${record.name}', type='${record.type}'${record.setIdentifier === undefined ? '' : `, set-identifier='${record.setIdentifier}'`}]`;
    if (action === 'DELETE') {
      const tried = `Tried to delete resource record set ${shown} but`;
      if (there === undefined) throw new Error(`${tried} it was not found`);
      if (!isDeepStrictEqual(there, record))
        throw new Error(`${tried} the values provided do not match the current values`);
      records = records.filter((other) => other !== there);
      continue;
    }
    if (action === 'CREATE' && there !== undefined) {
      throw new Error(`Tried to create resource record set ${shown} but it already exists`);
    }
    records = records.filter((other) => other !== there);
    requireRecord(zone, records, record);
    records.push(record);
  }
  return records;
}

const sameKey = (a: Route53Record, b: Route53Record) =>
  a.name === b.name && a.type === b.type && a.setIdentifier === b.setIdentifier;

function requireRecord(zone: string, others: readonly Route53Record[], record: Route53Record): void {
  const { name, type } = record;
  const rrset = `RRSet of type ${type} with DNS name ${name}`;
  if (name !== zone && !name.endsWith(`.${zone}`)) {
    throw new Error(`RRSet with DNS name ${name} is not permitted in zone ${zone}`);
  }
  for (const value of record.values) requireValue(type, value);
  const sameName = others.filter((other) => other.name === name);
  const conflicting = sameName.find((other) => (other.type === 'CNAME') !== (type === 'CNAME'));
  if (type === 'CNAME' && name === zone) throw new Error(`${rrset} is not permitted at apex in zone ${zone}`);
  if (conflicting !== undefined) {
    throw new Error(
      `${rrset} is not permitted because a conflicting RRSet of type ${conflicting.type} with the same DNS name already exists in zone ${zone}`,
    );
  }
  requireRouting(
    sameName.filter((other) => other.type === type),
    record,
  );
}

function requireRouting(others: readonly Route53Record[], record: Route53Record): void {
  const { name, type, routing, setIdentifier, healthCheckId, alias } = record;
  const kinds = Object.keys(routing);
  if ((setIdentifier === undefined) !== (kinds.length === 0)) throw new Error("Missing field 'SetIdentifier'");
  if (setIdentifier !== undefined && setIdentifier.length > 128) throw new Error('SetIdentifier is too long');
  if (others.some((other) => !isDeepStrictEqual(Object.keys(other.routing), kinds))) {
    throw new Error(
      `RRSet with DNS name ${name}, type ${type} cannot be created as other RRSets exist with the same name and type.`,
    );
  }
  const { Weight: weight } = routing;
  if (weight === undefined) requireAlone(others, record);
  else if (typeof weight !== 'string' || !/^\d{1,3}$/.test(weight) || Number(weight) > 255) {
    throw new Error('Invalid weight');
  }
  if (routing['Failover'] === 'PRIMARY' && alias === undefined && healthCheckId === undefined) {
    throw new Error('A non-alias primary ResourceRecordSet must have an associated health check. No changes made.');
  }
}

/** One record a region, place or role. */
function requireAlone(others: readonly Route53Record[], { routing }: Route53Record): void {
  const same = others.find((other) => isDeepStrictEqual(other.routing, routing));
  if (same !== undefined) throw new Error(`RRSet with the same ${Object.keys(routing).join()} already exists in zone`);
}

const QUOTED = /^(?:"(?:[^"\\]|\\.){0,255}"\s*)+$/;

function requireValue(type: string, value: string): void {
  const fatal = (problem: string) =>
    new Error(`Invalid Resource Record: FATAL problem: ${problem} encountered with '${value}'`);
  if (type === 'A' && !isIPv4(value)) throw fatal('ARRDATAIllegalIPv4Address');
  if (type === 'AAAA' && !isIPv6(value)) throw fatal('AAAARRDATAIllegalIPv6Address');
  if (type === 'TXT' && !QUOTED.test(value)) {
    throw fatal('InvalidCharacterString (Value should be enclosed in quotation marks)');
  }
}

/** As the service orders them: by the labels from the last to the first. */
export function inOrder(records: readonly Route53Record[]): Route53Record[] {
  const key = ({ name, type, setIdentifier = '' }: Route53Record) =>
    [name.split('.').reverse().join('\u0001'), type, setIdentifier].join('\u0000');
  return [...records].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
