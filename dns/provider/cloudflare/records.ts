import { validRecordSet, ZoneError, type RecordSet } from '../../zone/index.ts';
import { absoluteName } from '../master-data.ts';
import { plainSet } from '../remote/plain-set.ts';
import type { Held } from '../remote/held.ts';
import { mapInTurns } from '../remote/map-in-turns.ts';
import { contentText, type RecordContent } from './record-content.ts';

/** One record: here there are no sets of them. */
export interface CloudflareRecord extends RecordContent {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  /** Answered with addresses of Cloudflare in place of its own. */
  readonly proxied: boolean;
  /** Kept by some other product of theirs. */
  readonly readOnly: boolean;
}

export type HeldRecords = readonly CloudflareRecord[];

const MIN_TTL_SECONDS = 60;
const MAX_TTL_SECONDS = 86_400;

/** It has bounds for TTLs, and answers everybody alike. */
export function asPublished(set: RecordSet): RecordSet {
  const ttlSeconds = Math.min(Math.max(set.ttlSeconds, MIN_TTL_SECONDS), MAX_TTL_SECONDS);
  return { ...plainSet(set), ttlSeconds };
}

export function heldRecords(records: readonly CloudflareRecord[]): Promise<Held<HeldRecords>[]> {
  const groups = Map.groupBy(records, ({ name, type }) => `${type} ${absoluteName(name)}`);
  return mapInTurns(groups.values(), (group) => {
    const [{ name, type } = { name: '', type: '' }] = group;
    return { name: absoluteName(name), type, is: heldSet(group), raw: group };
  });
}

function heldSet(records: readonly CloudflareRecord[]): RecordSet | string {
  const [first] = records;
  if (first === undefined) return 'it has no records';
  if (records.some(({ proxied }) => proxied)) return 'it is proxied by Cloudflare';
  if (records.some(({ readOnly }) => readOnly)) return 'another product of Cloudflare keeps it';
  const { name, type, ttl: ttlSeconds } = first;
  // Those with another TTL are left out: the set differs from what is wanted then, and is made anew.
  const data = records.filter(({ ttl }) => ttl === ttlSeconds).map((record) => contentText(type, record));
  try {
    // @NOTE a type that is not published here is told of by the validation.
    return validRecordSet({ name: absoluteName(name), type: type as RecordSet['type'], ttlSeconds, data });
  } catch (err) {
    if (err instanceof ZoneError) return err.message;
    throw err;
  }
}

/** A record as the API tells it; fields that nobody needs are left out. Throws `TypeError` where it is none. */
export function parseRecord(value: unknown): CloudflareRecord {
  const { id, name, type, ttl, content, priority, data, proxied, meta } = fieldsOf(value);
  if (typeof id !== 'string' || typeof name !== 'string' || typeof type !== 'string' || typeof ttl !== 'number') {
    throw new TypeError('not a DNS record of Cloudflare');
  }
  return {
    id,
    name,
    type,
    ttl,
    proxied: proxied === true,
    readOnly: fieldsOf(meta)['read_only'] === true,
    ...(typeof content === 'string' ? { content } : {}),
    ...(typeof priority === 'number' ? { priority } : {}),
    ...(typeof data === 'object' && data !== null ? { data: partsOf(data) } : {}),
  };
}

// @NOTE fields of any value may be asked for by name; each is looked at before it is used.
const fieldsOf = (value: unknown) => (value ?? {}) as Readonly<Record<string, unknown>>;

function partsOf(data: object): Readonly<Record<string, string | number>> {
  const parts = Object.entries(data) as [string, unknown][]; // @NOTE an object's values are unknown
  return Object.fromEntries(
    parts.flatMap(([name, part]) => (typeof part === 'string' || typeof part === 'number' ? [[name, part]] : [])),
  );
}
