import { union } from '../../apimachinery/index.ts';
import { identityOf, type ManagedOwner } from './entries.ts';

const MAX_UPDATERS = 10;
const BUCKET = { manager: 'ancient-changes', operation: 'Update', subresource: '' } as const;

/** No more than ten who update: the oldest become one a version. */
export function withCappedUpdaters(owners: ReadonlyMap<string, ManagedOwner>): Map<string, ManagedOwner> {
  const capped = new Map(owners);
  const updaters = [...owners].filter(([, { applied }]) => !applied).sort(byAge);
  let count = updaters.length;
  const firstOf = new Map<string, string>();
  for (const [id, owner] of updaters) {
    if (count <= MAX_UPDATERS) break;
    const { apiVersion } = owner;
    const first = firstOf.get(apiVersion);
    if (first === undefined) {
      firstOf.set(apiVersion, id);
      continue;
    }
    const bucketId = identityOf(BUCKET, apiVersion);
    const before = capped.get(bucketId) ?? capped.get(first);
    capped.delete(first);
    capped.delete(id);
    capped.set(bucketId, { ...owner, ...BUCKET, fields: union(owner.fields, before?.fields ?? {}) });
    firstOf.set(apiVersion, bucketId);
    count -= 1;
  }
  return capped;
}

function byAge(
  [a, { time: left = '' }]: [string, ManagedOwner],
  [b, { time: right = '' }]: [string, ManagedOwner],
): number {
  if (left !== right) return left < right ? -1 : 1;
  return a < b ? -1 : 1;
}
