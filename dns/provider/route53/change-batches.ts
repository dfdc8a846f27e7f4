import { isDeepStrictEqual } from 'node:util';
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';

/** Records that go and come together: those of one name, for a CNAME cannot be beside what it replaces. */
export interface NameChange {
  readonly gone: readonly ResourceRecordSet[];
  readonly wanted: readonly ResourceRecordSet[];
}

/** Of one request, each of which is made as a whole or not at all. */
const MAX_RECORDS = 1000;
const MAX_CHARACTERS = 32_000;

/**
 * Requests within the limits. What is there is deleted as it was seen and made anew, for such a batch is refused when
 * somebody else was faster; an "UPSERT" would undo what they did.
 */
export function changeBatches(names: readonly NameChange[]): readonly (readonly Change[])[] {
  const batches: Change[][] = [];
  let records = 0;
  let characters = 0;
  for (const name of names) {
    const changes = changesOf(name);
    const size = sizeOf(changes);
    const last = batches.at(-1);
    const fits = records + size.records <= MAX_RECORDS && characters + size.characters <= MAX_CHARACTERS;
    if (last === undefined || !fits) {
      batches.push(changes);
      ({ records, characters } = size);
      continue;
    }
    last.push(...changes);
    records += size.records;
    characters += size.characters;
  }
  return batches.filter((batch) => batch.length > 0);
}

function changesOf({ gone, wanted }: NameChange): Change[] {
  const kept = new Set(gone.filter((record) => wanted.some((other) => isSame(record, other))));
  const made = wanted.filter((record) => ![...kept].some((other) => isSame(record, other)));
  return [
    ...gone.filter((record) => !kept.has(record)).map((record) => change('DELETE', record)),
    ...made.map((record) => change('CREATE', record)),
  ];
}

const change = (Action: 'DELETE' | 'CREATE', record: ResourceRecordSet): Change => ({
  Action,
  ResourceRecordSet: record,
});

function isSame(a: ResourceRecordSet, b: ResourceRecordSet): boolean {
  return isDeepStrictEqual(comparable(a), comparable(b));
}

/** Names are those of one and the same; values have no order. */
function comparable({ Name: _, ResourceRecords: values = [], ...rest }: ResourceRecordSet): unknown {
  const said = Object.entries(rest).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(said), values: values.map(({ Value: value }) => value).sort() };
}

function sizeOf(changes: readonly Change[]): { readonly records: number; readonly characters: number } {
  const values = changes.flatMap((one) => one.ResourceRecordSet?.ResourceRecords ?? []);
  const characters = values.reduce((sum, { Value: value = '' }) => sum + value.length, 0);
  return { records: values.length, characters };
}
