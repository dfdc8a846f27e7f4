import type { UnknownObject } from '../json.ts';
import { compareObjects, type Comparison } from './compare.ts';
import { difference, setOf, type FieldSet } from './field-set.ts';
import type { MergeType } from './merge-type.ts';

/** The versions that an object can have. */
export interface ObjectVersions {
  /** `undefined`: nothing is served in that version any more. */
  typeOf(apiVersion: string): MergeType | undefined;
  /** Only ever asked for versions that have a type. */
  convert(object: UnknownObject, from: string, to: string): Promise<UnknownObject>;
}

/** Leaves out what a request cannot change, whatever it says of it. */
export type FieldFilter = (fields: FieldSet) => FieldSet;

export interface ChangeOptions {
  readonly live: UnknownObject;
  readonly next: UnknownObject;
  /** Of both. */
  readonly apiVersion: string;
  readonly versions: ObjectVersions;
  readonly filter: FieldFilter;
}

/** What becomes of an object, as seen in any of its versions. */
export class Change {
  readonly #options: ChangeOptions;
  readonly #seen = new Map<string, Promise<Comparison | undefined>>();

  constructor(options: ChangeOptions) {
    this.#options = options;
  }

  /** `undefined`: there is no such version. */
  seenIn(apiVersion: string): Promise<Comparison | undefined> {
    let comparison = this.#seen.get(apiVersion);
    if (comparison === undefined) {
      comparison = this.#compare(apiVersion);
      this.#seen.set(apiVersion, comparison);
    }
    return comparison;
  }

  async #compare(apiVersion: string): Promise<Comparison | undefined> {
    const { live, next, versions, filter, ...own } = this.#options;
    const type = versions.typeOf(apiVersion);
    if (type === undefined) return undefined;
    const convert = async (object: UnknownObject) =>
      apiVersion === own.apiVersion ? object : versions.convert(object, own.apiVersion, apiVersion);
    const { added, modified, removed } = compareObjects(await convert(live), await convert(next), type);
    return { added: filter(added), modified: filter(modified), removed: filter(removed) };
  }
}

/** Identity, and what only the server writes: nobody owns it. */
const SERVER_FIELDS = setOf(
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ['f:metadata', 'f:name'],
  ['f:metadata', 'f:namespace'],
  ['f:metadata', 'f:creationTimestamp'],
  ['f:metadata', 'f:selfLink'],
  ['f:metadata', 'f:uid'],
  ['f:metadata', 'f:generation'],
  ['f:metadata', 'f:managedFields'],
  ['f:metadata', 'f:resourceVersion'],
);

export function ownable(fields: FieldSet): FieldSet {
  return difference(fields, SERVER_FIELDS);
}
