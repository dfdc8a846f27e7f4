import type { RecordSet } from '../dns-provider.ts';
import { isShareable, type Claim, type ClaimedPart } from './claim.ts';
import { canonicalSet } from './published-set.ts';

/** What we want a name to have, beside what others claim of it. */
export interface Wish {
  readonly owner: string;
  readonly name: string;
  readonly sets: readonly RecordSet[];
  readonly others: readonly Claim[];
}

/**
 * The sets of the wish as they are to be published: the same whoever of the owners works it out, so that they never undo
 * each other's work. Addresses are put together, at the lowest TTL; what cannot be shared is left to the owner whose name
 * comes first, and an alias gives way to addresses.
 */
export function agreedSets({ owner, name, sets, others }: Wish): readonly RecordSet[] {
  if (others.length === 0) return sets;
  const claimed = others.flatMap(({ parts }) => parts);
  const addresses = [...addressTypes(sets), ...addressTypes(claimed)];
  if (addresses.length > 0) {
    const shared = [...new Set(addresses)].flatMap((type) => together(name, type, sets, claimed));
    return [
      ...shared,
      ...sets.filter(({ type }) => !isShareable(type) && type !== 'CNAME' && isFirst(owner, others, type)),
    ];
  }
  return sets.filter(({ type }) => isFirst(owner, others, type));
}

const addressTypes = (parts: readonly { readonly type: string }[]) =>
  parts.flatMap(({ type }): readonly ('A' | 'AAAA')[] => (type === 'A' || type === 'AAAA' ? [type] : []));

function together(
  name: string,
  type: 'A' | 'AAAA',
  sets: readonly RecordSet[],
  claimed: readonly ClaimedPart[],
): readonly RecordSet[] {
  const ours = sets.find((set) => set.type === type);
  const theirs = claimed.filter((part) => part.type === type);
  if (theirs.length === 0) return ours === undefined ? [] : [ours];
  const parts = [...theirs, ...(ours === undefined ? [] : [ours])];
  const data = parts.flatMap((part) => part.data);
  // A claim that has lost its addresses says nothing to publish.
  if (data.length === 0) return [];
  return [canonicalSet({ name, type, ttlSeconds: Math.min(...parts.map((part) => part.ttlSeconds)), data })];
}

function isFirst(owner: string, others: readonly Claim[], type: string): boolean {
  const rivals = others.filter(({ parts }) => parts.some((part) => part.type === type));
  return rivals.every((rival) => owner < rival.owner);
}
