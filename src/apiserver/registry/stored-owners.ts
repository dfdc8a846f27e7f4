import type { ManagedFieldsEntry } from '../../apimachinery/index.ts';

const START = Buffer.from('"managedFields":[');
/** Cannot stand inside: entries have no lists, and behind a text that ends in `],` no letter follows its quote. */
const END = Buffer.from('],"name":"');

/** Where what follows the managed fields begins, in stored metadata that begin at `start`. */
export function endOfOwners(value: Buffer, start: number): number {
  if (START.compare(value, start, start + START.length) !== 0) return start;
  const end = value.indexOf(END, start + START.length);
  if (end === -1) throw new Error('stored managed fields do not end where a name begins');
  return end + '],'.length;
}

export function readOwners(value: Buffer, start: number): readonly ManagedFieldsEntry[] {
  const end = endOfOwners(value, start);
  if (end === start) return [];
  const text = value.toString('utf8', start + START.length - 1, end - 1);
  // @NOTE stored by `Codec.encode`, of entries that the server wrote.
  return JSON.parse(text) as readonly ManagedFieldsEntry[];
}
