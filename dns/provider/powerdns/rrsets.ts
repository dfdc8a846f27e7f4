import type { RecordSet } from '../../zone/index.ts';
import { DnsProviderError } from '../dns-provider.ts';
import { absoluteName, fromMasterData, masterData } from '../master-data.ts';
import type { Held, Step } from '../remote/held.ts';
import { mapInTurns } from '../remote/map-in-turns.ts';
import { toldSet } from '../remote/told-set.ts';

/** A change of one name and type, as the API takes it. */
export type RrsetChange =
  | { readonly name: string; readonly type: string; readonly changetype: 'DELETE' }
  | {
      readonly name: string;
      readonly type: string;
      readonly changetype: 'REPLACE';
      readonly ttl: number;
      readonly records: readonly { readonly content: string; readonly disabled: boolean }[];
    };

/** Of changes in one call: the web server takes 2 MB at most unless it is told otherwise. */
const BATCH_BYTES = 1_000_000;

/**
 * Changes in batches, each of which PowerDNS makes as a whole; one, unless they are large. It goes through them in their
 * order and refuses a CNAME beside other data at each, so that what is removed at a name comes first.
 */
export function changeBatches(steps: readonly Step<undefined>[]): RrsetChange[][] {
  const batches: RrsetChange[][] = [];
  let room = 0;
  for (const ofName of Map.groupBy(steps, ({ name }) => name).values()) {
    const changes = ofName.map(rrsetChange).sort((a, b) => order(a) - order(b));
    const size = JSON.stringify(changes).length;
    if (size > room) {
      batches.push([]);
      room = BATCH_BYTES;
    }
    batches.at(-1)?.push(...changes);
    room -= size;
  }
  return batches;
}

const order = ({ changetype }: RrsetChange) => (changetype === 'DELETE' ? 0 : 1);

function rrsetChange({ name, type, after }: Step<undefined>): RrsetChange {
  if (after === undefined) return { name: `${name}.`, type, changetype: 'DELETE' };
  const records = after.data.map((item) => ({ content: masterData(after.type, item), disabled: false }));
  return { name: `${name}.`, type, changetype: 'REPLACE', ttl: after.ttlSeconds, records };
}

/** What a zone holds that the API tells; what is disabled there is not there. */
export async function heldRrsets(json: unknown): Promise<Held<undefined>[]> {
  return (await mapInTurns(arrayAt(json, 'rrsets'), heldRrset)).flat();
}

function heldRrset(rrset: unknown): Held<undefined>[] {
  const { name, type, ttl } = fieldsOf(rrset);
  if (typeof name !== 'string' || typeof type !== 'string' || typeof ttl !== 'number') throw malformed('an RRset');
  const contents = arrayAt(rrset, 'records').flatMap((record) => {
    const { content, disabled } = fieldsOf(record);
    if (typeof content !== 'string') throw malformed('a record');
    return disabled === true ? [] : [content];
  });
  if (contents.length === 0) return [];
  const known = type as RecordSet['type']; // @NOTE toldSet knows types that are none
  const data = contents.map((content) => fromMasterData(known, content));
  const set = { name: absoluteName(name), type: known, ttlSeconds: ttl, data };
  return [{ name: set.name, type, is: toldSet(set), raw: undefined }];
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw malformed('an object');
  return value as Readonly<Record<string, unknown>>; // @NOTE any object is one
}

/** Throws `DnsProviderError` where there is none. */
export function arrayAt(value: unknown, field: string): readonly unknown[] {
  const found = fieldsOf(value)[field];
  if (!Array.isArray(found)) throw malformed(`"${field}"`);
  return found;
}

function malformed(what: string): DnsProviderError {
  return new DnsProviderError('Unavailable', `PowerDNS answers with something else where ${what} should be`);
}
