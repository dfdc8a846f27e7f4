import type { UnknownObject } from '../json.ts';
import { Change, ownable, type FieldFilter, type ObjectVersions } from './change.ts';
import { difference, intersection, isEmptySet, NO_FIELDS, union, type FieldSet } from './field-set.ts';
import { mergeObjects } from './merge.ts';
import type { MergeType } from './merge-type.ts';
import { ownersAfter, type Conflict, type Owner, type Owners } from './owners.ts';
import { removeFields, withNamedFields } from './remove.ts';
import { toFieldSet } from './to-field-set.ts';

export interface ApplyOptions {
  readonly live: UnknownObject;
  readonly config: UnknownObject;
  /** Of both. */
  readonly apiVersion: string;
  readonly owners: Owners;
  readonly self: string;
  readonly versions: ObjectVersions;
  readonly filter: FieldFilter;
}

export interface Applied {
  readonly object: UnknownObject;
  readonly owners: Owners;
  /** What others own and the configuration changes: for the caller to refuse or to force. */
  readonly conflicts: readonly Conflict[];
}

/**
 * Lays a configuration over an object: the applier owns what it names, and what it named last time and does not any more
 * goes, unless somebody else owns it too. The configuration fits the type; the live object may share with the result.
 */
export async function applyConfig(options: ApplyOptions): Promise<Applied> {
  const { live, config, apiVersion, owners, self, versions, filter } = options;
  const type = requireType(versions, apiVersion);
  const merged = mergeObjects(live, config, type);
  const fields = filter(toFieldSet(config, type));
  const own: Owner = { apiVersion, applied: true, fields };
  const object = await prune(merged, { ...options, owners: new Map([...owners, [self, own]]), last: owners.get(self) });
  const change = new Change({ live, next: object, apiVersion, versions, filter });
  const { owners: left, conflicts } = await ownersAfter(change, owners, self);
  const kept = ownable(fields);
  if (!isEmptySet(kept)) left.set(self, { ...own, fields: kept });
  return { object, owners: left, conflicts };
}

function requireType(versions: ObjectVersions, apiVersion: string): MergeType {
  const type = versions.typeOf(apiVersion);
  if (type === undefined) throw new TypeError(`nothing is served as ${apiVersion}`);
  return type;
}

interface Pruning extends Pick<ApplyOptions, 'apiVersion' | 'owners' | 'versions' | 'self'> {
  /** What the applier owned before. */
  readonly last: Owner | undefined;
}

async function prune(merged: UnknownObject, pruning: Pruning): Promise<UnknownObject> {
  const { last, apiVersion, versions, owners, self } = pruning;
  if (last === undefined || isEmptySet(last.fields)) return merged;
  const isKept = isEmptySet(difference(last.fields, owners.get(self)?.fields ?? NO_FIELDS));
  if (last.apiVersion === apiVersion && isKept) return merged;
  const type = versions.typeOf(last.apiVersion);
  if (type === undefined) return merged;

  const whole = await inVersion(versions, { object: merged, apiVersion }, last.apiVersion);
  const without = {
    object: removeFields(whole.object, withNamedFields(last.fields, type), type),
    apiVersion: last.apiVersion,
  };
  const kept = await inVersion(versions, await withOwned(whole, without, pruning), last.apiVersion);
  const gone = difference(namedSet(whole.object, type), namedSet(kept.object, type));
  const pruned = removeFields(whole.object, intersection(gone, withNamedFields(last.fields, type)), type);
  return (await inVersion(versions, { object: pruned, apiVersion: last.apiVersion }, apiVersion)).object;
}

interface Versioned {
  readonly object: UnknownObject;
  readonly apiVersion: string;
}

async function inVersion(versions: ObjectVersions, value: Versioned, apiVersion: string): Promise<Versioned> {
  if (value.apiVersion === apiVersion) return value;
  return { object: await versions.convert(value.object, value.apiVersion, apiVersion), apiVersion };
}

/** `without`, and again what it lost of `whole` and somebody owns, in any version. */
async function withOwned(
  whole: Versioned,
  without: Versioned,
  { owners, versions }: Pick<Pruning, 'owners' | 'versions'>,
): Promise<Versioned> {
  const owned = ownedByVersion(owners);
  // That version first: what it adds back may be needed to convert at all.
  const others = [...owned.keys()].filter((apiVersion) => apiVersion !== without.apiVersion);
  let [complete, kept] = [whole, without];
  for (const apiVersion of [without.apiVersion, ...others]) {
    const fields = owned.get(apiVersion);
    const type = versions.typeOf(apiVersion);
    if (fields === undefined || type === undefined) continue;
    complete = await inVersion(versions, complete, apiVersion);
    kept = await inVersion(versions, kept, apiVersion);
    const wanted = union(namedSet(kept.object, type), withNamedFields(fields, type));
    const gone = difference(namedSet(complete.object, type), wanted);
    kept = { object: removeFields(complete.object, gone, type), apiVersion };
  }
  return kept;
}

function ownedByVersion(owners: Owners): ReadonlyMap<string, FieldSet> {
  const owned = new Map<string, FieldSet>();
  for (const { apiVersion, fields } of owners.values()) {
    owned.set(apiVersion, union(owned.get(apiVersion) ?? NO_FIELDS, fields));
  }
  return owned;
}

function namedSet(object: UnknownObject, type: MergeType): FieldSet {
  return withNamedFields(toFieldSet(object, type), type);
}
