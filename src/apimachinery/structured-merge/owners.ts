import { ownable, type Change } from './change.ts';
import { changedFields } from './compare.ts';
import {
  difference,
  intersection,
  isEmptySet,
  NO_FIELDS,
  pathsOf,
  union,
  type FieldPath,
  type FieldSet,
} from './field-set.ts';

/** What one manager owns by one kind of operation. */
export interface Owner {
  readonly apiVersion: string;
  readonly applied: boolean;
  readonly fields: FieldSet;
}

/** By an identity that is for the caller to choose. */
export type Owners = ReadonlyMap<string, Owner>;

export interface Conflict {
  readonly owner: string;
  readonly path: FieldPath;
}

/** The owners but `except`, without what a change takes from them; and the fields that it changes of theirs. */
export async function ownersAfter(
  change: Change,
  owners: Owners,
  except?: string,
): Promise<{ readonly owners: Map<string, Owner>; readonly conflicts: readonly Conflict[] }> {
  const left = new Map<string, Owner>();
  const conflicts: Conflict[] = [];
  for (const [id, owner] of owners) {
    if (id === except) continue;
    const comparison = await change.seenIn(owner.apiVersion);
    if (comparison === undefined) continue;
    const changed = intersection(owner.fields, changedFields(comparison));
    conflicts.push(...pathsOf(changed).map((path) => ({ owner: id, path })));
    const fields = difference(difference(owner.fields, changed), comparison.removed);
    if (!isEmptySet(fields)) left.set(id, { ...owner, fields });
  }
  return { owners: left, conflicts };
}

export interface Tracked {
  readonly owners: Owners;
  /** The writer changed something that can be owned. */
  readonly changed: boolean;
}

/** Who owns what after a write that says nothing of ownership: the writer has what it changed. */
export async function ownersAfterUpdate(
  change: Change,
  owners: Owners,
  { self, apiVersion }: { readonly self: string; readonly apiVersion: string },
): Promise<Tracked> {
  const { owners: left } = await ownersAfter(change, owners);
  const comparison = await change.seenIn(apiVersion);
  const fields = comparison === undefined ? NO_FIELDS : ownable(changedFields(comparison));
  if (isEmptySet(fields)) return { owners: left, changed: false };
  left.set(self, { apiVersion, applied: false, fields: union(left.get(self)?.fields ?? NO_FIELDS, fields) });
  return { owners: left, changed: true };
}
