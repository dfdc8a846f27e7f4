import type { ResourceRecordSet, RRType } from '@aws-sdk/client-route-53';
import { validRecordSet, ZoneError, type Candidate, type RecordSet } from '../../zone/index.ts';
import { fromMasterData, masterData } from '../master-data.ts';
import { plainSet } from '../remote/plain-set.ts';
import { candidateOf, policyOf, routedData, type Locations, type Routing } from './routing.ts';

export interface RecordSetOptions {
  readonly locations: Locations;
  /** Whether each of several records has a health check. */
  readonly checked: boolean;
}

/** A record that is to be there, but for its health check. */
export interface WantedRecord {
  readonly record: ResourceRecordSet;
  /** What is to be looked at to know whether it is well; empty for records that are answered anyway. */
  readonly addresses: readonly string[];
}

/** What `set` becomes: one record, or one a candidate. */
export function wantedRecords(set: RecordSet, { locations, checked }: RecordSetOptions): WantedRecord[] {
  const routed = set.choice === undefined ? undefined : routedData(set.choice, locations, checked);
  if (routed === undefined) return [{ record: recordOf(plainSet(set)), addresses: [] }];
  return routed.map(({ routing, data }) => ({
    record: { ...recordOf({ ...set, data }), ...routing },
    addresses: checked ? data : [],
  }));
}

function recordOf({ name, type, ttlSeconds, data }: RecordSet): ResourceRecordSet {
  return {
    Name: `${name}.`,
    // @NOTE a type that it does not know is refused by it.
    Type: type as RRType,
    TTL: ttlSeconds,
    ResourceRecords: data.map((item) => ({ Value: toOctal(masterData(type, item)) })),
  };
}

/** Bytes that master files escape by three decimal digits are escaped by three octal ones here. */
const toOctal = (text: string) => changeBase(text, 10, 8);
const toDecimal = (text: string) => changeBase(text, 8, 10);

const changeBase = (text: string, from: 8 | 10, to: 8 | 10) =>
  text.replaceAll(/\\(?:(\d{3})|.)/gs, (escaped, digits?: string) =>
    digits === undefined ? escaped : `\\${parseInt(digits, from).toString(to).padStart(3, '0')}`,
  );

/** All records of one name and type as a set; or why they are none that could be published here. */
export function heldRecordSet(records: readonly ResourceRecordSet[], options: RecordSetOptions): RecordSet | string {
  const [first] = records;
  if (first === undefined) return 'it has no records';
  const foreign = records.map(foreignPart).find((part) => part !== undefined);
  if (foreign !== undefined) return `it is ${foreign}, which was made otherwise`;
  const { Name: name = '', Type: type = '', TTL: ttlSeconds = 0 } = first;
  const candidates = candidatesOf(records, options);
  const policy = policyOf(first);
  const data = candidates.length === 0 ? records.flatMap(dataOf) : candidates.flatMap((candidate) => candidate.data);
  try {
    // @NOTE a type that is not published here is told of by the validation.
    const set: RecordSet = { name: plainName(name), type: type as RecordSet['type'], ttlSeconds, data };
    const isChoice = policy !== undefined && candidates.length > 0;
    return validRecordSet(isChoice ? { ...set, choice: { policy, candidates } } : set);
  } catch (err) {
    if (err instanceof ZoneError) return err.message;
    throw err;
  }
}

const dataOf = ({ Type: type, ResourceRecords: values = [] }: ResourceRecordSet) =>
  // @NOTE a type that is none of ours has data that nobody reads.
  values.map(({ Value: item = '' }) => fromMasterData(type as RecordSet['type'], toDecimal(item)));

function foreignPart(record: ResourceRecordSet): string | undefined {
  if (record.AliasTarget !== undefined) return 'an alias';
  if (record.TrafficPolicyInstanceId !== undefined) return 'of a traffic policy';
  if (record.MultiValueAnswer === true) return 'a multivalue answer';
  if (record.GeoLocation !== undefined) return 'answered by geolocation';
  if (record.CidrRoutingConfig !== undefined) return 'answered by address ranges';
  return undefined;
}

/**
 * Records that are not as they would be made now, by another TTL than the first or for want of a health check, are no
 * candidates: the set differs from what is wanted then, and is made anew.
 */
function candidatesOf(records: readonly ResourceRecordSet[], options: RecordSetOptions): readonly Candidate[] {
  const policy = policyOf(records[0] ?? {});
  if (policy === undefined) return [];
  const candidates = records.flatMap((record): Candidate[] => {
    const isWhole = record.TTL === records[0]?.TTL && (record.HealthCheckId !== undefined) === options.checked;
    const routing: Routing = record;
    const data = isWhole && policyOf(record) === policy ? dataOf(record).sort() : [];
    const candidate = data.length === 0 ? undefined : candidateOf({ routing, data }, options.locations);
    return candidate === undefined ? [] : [candidate];
  });
  return candidates.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const OCTAL = /\\([0-7]{3})/g;

/** Lower case, without the final dot; what it escapes is unescaped where that can be a part of a name. */
export function plainName(name: string): string {
  const unescaped = name.replaceAll(OCTAL, (escaped, digits: string) => {
    const character = String.fromCharCode(parseInt(digits, 8));
    return /[!-~]/.test(character) && character !== '.' && character !== '\\' ? character : escaped;
  });
  return unescaped.toLowerCase().replace(/\.$/, '');
}
