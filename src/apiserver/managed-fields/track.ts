import {
  applyConfig,
  Change,
  formatTime,
  isEmptySet,
  ownersAfterUpdate,
  type FieldFilter,
  type KubeObject,
  type ManagedFieldsEntry,
  type ObjectVersions,
  type Owners,
  type UnknownObject,
} from '../../apimachinery/index.ts';
import { withCappedUpdaters } from './cap.ts';
import { applyConflict } from './conflict-error.ts';
import { withLastApplied, withoutOwnConflicts } from './last-applied.ts';
import { identityOf, readEntries, writeEntries, type ManagedOwner } from './entries.ts';

/** Who writes, to which part of an object, in which version of it. */
export interface Writer {
  readonly manager: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  readonly apiVersion: string;
  /** That of the objects, where it is not the version that the client speaks. */
  readonly objectVersion?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly versions: ObjectVersions;
  readonly filter: FieldFilter;
}

export interface Write {
  /** Absent: the object is new. Both without their managed fields. */
  readonly live?: KubeObject;
  readonly next: KubeObject;
}

/** The entries after a create, an update or a patch. `entries` are those that count before it. */
export async function entriesAfterWrite(
  { live, next }: Write,
  entries: readonly ManagedFieldsEntry[],
  writer: Writer,
): Promise<readonly ManagedFieldsEntry[]> {
  // Of an object that was never tracked only an apply begins to track.
  if (live !== undefined && entries.length === 0) return [];
  const owners = await ownersAfterWrite(live === undefined ? {} : asFields(live), next, {
    owners: readEntries(entries),
    writer,
  });
  return writeEntries(withCappedUpdaters(owners).values());
}

/**
 * What counts of the entries that an object brings along: an empty list, or one empty entry, forgets all owners;
 * none, or what makes no sense, leaves the live ones. Parts of an object bring none.
 */
export function entriesToStartFrom(
  sent: readonly ManagedFieldsEntry[] | undefined,
  live: readonly ManagedFieldsEntry[],
  subresource: string,
): readonly ManagedFieldsEntry[] {
  if (sent === undefined || subresource !== '') return live;
  const [only, ...more] = sent;
  if (only === undefined || (more.length === 0 && Object.keys(only).length === 0)) return [];
  try {
    readEntries(sent);
    return sent;
  } catch (err) {
    if (err instanceof SyntaxError) return live;
    throw err;
  }
}

export interface ApplyRequest {
  /** Absent: there is nothing yet. */
  readonly live: KubeObject | undefined;
  readonly config: KubeObject;
  readonly entries: readonly ManagedFieldsEntry[];
  readonly force: boolean;
}

export interface AppliedObject {
  readonly object: UnknownObject;
  readonly entries: readonly ManagedFieldsEntry[];
}

/** Throws 409 where others own, with other values, what is applied without force. */
export async function applyToObject(request: ApplyRequest, writer: Writer): Promise<AppliedObject> {
  const { live, config, force } = request;
  const { apiVersion, versions, filter, now } = writer;
  const owners = await ownersBeforeApply(request, writer);
  const identity = { manager: writer.manager, operation: 'Apply' as const, subresource: writer.subresource };
  const self = identityOf(identity, apiVersion);
  const liveFields = live === undefined ? { apiVersion: config.apiVersion, kind: config.kind } : asFields(live);
  const applied = await applyConfig({
    live: liveFields,
    config: asFields(config),
    apiVersion,
    owners,
    self,
    versions,
    filter,
  });
  const { manager } = writer;
  const own = { manager, type: versions.typeOf(apiVersion) };
  const conflicts = force ? [] : withoutOwnConflicts(applied.conflicts, live, own);
  if (conflicts.length > 0) throw applyConflict(conflicts, owners);
  const known = new Map(owners).set(self, { ...newOwner(writer, 'Apply'), time: formatTime(now) });
  const object = withLastApplied(applied.object, config, manager);
  return { object, entries: writeEntries(withOwners(known, applied.owners).values()) };
}

/** Fields that were there before anybody applied belong to somebody, so that applying takes nothing unseen. */
async function ownersBeforeApply(
  { live, entries }: ApplyRequest,
  writer: Writer,
): Promise<ReadonlyMap<string, ManagedOwner>> {
  const owners = readEntries(entries);
  if (live === undefined || owners.size > 0) return owners;
  return ownersAfterWrite({}, live, { owners, writer: { ...writer, manager: 'before-first-apply', subresource: '' } });
}

async function ownersAfterWrite(
  live: UnknownObject,
  next: KubeObject,
  { owners, writer }: { readonly owners: ReadonlyMap<string, ManagedOwner>; readonly writer: Writer },
): Promise<ReadonlyMap<string, ManagedOwner>> {
  const { apiVersion, objectVersion = apiVersion, versions, filter, now } = writer;
  const self = identityOf({ ...writer, operation: 'Update' }, apiVersion);
  const change = new Change({ live, next: asFields(next), apiVersion: objectVersion, versions, filter });
  const tracked = await ownersAfterUpdate(change, owners, { self, apiVersion });
  const writing: ManagedOwner = { ...newOwner(writer, 'Update'), time: formatTime(now) };
  return withOwners(tracked.changed ? new Map(owners).set(self, writing) : owners, tracked.owners);
}

function newOwner({ manager, subresource, apiVersion }: Writer, operation: 'Apply' | 'Update'): ManagedOwner {
  const name = manager === '' ? 'unknown' : manager;
  return {
    manager: name,
    subresource,
    apiVersion,
    operation,
    applied: operation === 'Apply',
    time: undefined,
    fields: {},
  };
}

/** Those of the known that still own something, with what they own now. */
function withOwners(known: ReadonlyMap<string, ManagedOwner>, owners: Owners): Map<string, ManagedOwner> {
  return new Map(
    [...owners].flatMap(([id, owner]) => {
      const before = known.get(id);
      return before === undefined || isEmptySet(owner.fields) ? [] : [[id, { ...before, ...owner }] as const];
    }),
  );
}

function asFields(object: KubeObject): UnknownObject {
  return { ...object };
}
