import {
  apiVersionOf,
  deepEqual,
  isStatusError,
  onlyTrees,
  setOf,
  StructureError,
  withoutTrees,
  type FieldFilter,
  type KubeObject,
  type ManagedFieldsEntry,
  type MergeType,
  type ObjectVersions,
} from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { applyToObject, entriesAfterWrite, entriesToStartFrom, type AppliedObject, type Writer } from './track.ts';

/** Who writes what part of an object. */
export interface OwnedWrite {
  readonly fieldManager: string;
  readonly subresource?: string;
  /** The version that the client speaks; that of the stored resource when absent. */
  readonly writtenAs?: string;
}

export interface OwnedChange {
  readonly live: KubeObject;
  readonly next: KubeObject;
  /** What the client sent of the managed fields. */
  readonly sent: readonly ManagedFieldsEntry[] | undefined;
  readonly entries: readonly ManagedFieldsEntry[];
}

export interface Application {
  /** Absent: there is nothing yet. In the version that the client speaks, as is `config`. */
  readonly live: KubeObject | undefined;
  readonly config: KubeObject;
  readonly entries: readonly ManagedFieldsEntry[];
  readonly force: boolean;
}

/** What of a resource counts here. */
export type OwnedKind = Pick<ResourceDefinition, 'group' | 'version' | 'subresources' | 'mergeType'>;

const STATUS = setOf(['f:status']);
const STATUS_AND_MARKS = setOf(['f:status'], ['f:metadata', 'f:labels'], ['f:metadata', 'f:annotations']);

/** Who owns the fields of the objects of one stored resource. Objects come and go without their managed fields. */
export class FieldOwnership {
  readonly #definition: OwnedKind;
  readonly #versions: ObjectVersions;
  readonly #now: () => number;

  constructor(definition: OwnedKind, versions: ObjectVersions, now: () => number) {
    this.#definition = definition;
    this.#versions = versions;
    this.#now = now;
  }

  /** Absent: nothing is served in that version. */
  typeOf(apiVersion: string): MergeType | undefined {
    return this.#versions.typeOf(apiVersion);
  }

  afterCreate(
    next: KubeObject,
    sent: readonly ManagedFieldsEntry[] | undefined,
    write: OwnedWrite,
  ): Promise<readonly ManagedFieldsEntry[]> {
    const entries = entriesToStartFrom(sent, [], '');
    return this.#count(() => entriesAfterWrite({ next }, entries, this.#writer(write)), entries);
  }

  afterUpdate(
    { live, next, sent, entries: before }: OwnedChange,
    write: OwnedWrite,
  ): Promise<readonly ManagedFieldsEntry[]> {
    const entries = entriesToStartFrom(sent, before, write.subresource ?? '');
    return this.#count(() => entriesAfterWrite({ live, next }, entries, this.#writer(write)), entries);
  }

  /** Throws 409 where others own, with other values, what is applied without force. */
  apply(application: Application, write: OwnedWrite): Promise<AppliedObject> {
    const writer = this.#writer(write);
    return applyToObject(application, { ...writer, objectVersion: writer.apiVersion });
  }

  /** What cannot be told apart is refused by validation, if it is wrong; a write does not fail for the account of it. */
  async #count(
    count: () => Promise<readonly ManagedFieldsEntry[]>,
    otherwise: readonly ManagedFieldsEntry[],
  ): Promise<readonly ManagedFieldsEntry[]> {
    try {
      return await count();
    } catch (err) {
      if (err instanceof StructureError || isStatusError(err)) return otherwise;
      throw err;
    }
  }

  #writer({ fieldManager, subresource = '', writtenAs }: OwnedWrite): Writer {
    const objectVersion = apiVersionOf(this.#definition);
    return {
      manager: fieldManager,
      subresource,
      apiVersion: writtenAs ?? objectVersion,
      objectVersion,
      now: this.#now(),
      versions: this.#versions,
      filter: filterOf(this.#definition, subresource),
    };
  }
}

/** That a manager writes the same again at another time is no change, though entries are in the order of their times. */
export function areSameOwners(a: readonly ManagedFieldsEntry[], b: readonly ManagedFieldsEntry[]): boolean {
  const others = b.map(timeless);
  return a.length === b.length && a.map(timeless).every((entry) => others.some((other) => deepEqual(entry, other)));
}

function timeless(entry: ManagedFieldsEntry): ManagedFieldsEntry {
  const { time: _time, ...rest } = entry;
  return rest;
}

/** What a request says of parts that it cannot change does not count. */
function filterOf({ subresources = [], mergeType }: OwnedKind, subresource: string): FieldFilter {
  if (subresource === 'status') {
    const kept = mergeType === undefined ? STATUS_AND_MARKS : STATUS;
    return (fields) => onlyTrees(fields, kept);
  }
  if (subresource !== '' || subresources.every(({ type }) => type !== 'status')) return (fields) => fields;
  return (fields) => withoutTrees(fields, STATUS);
}
