import type { KubeObject, ManagedFieldsEntry } from '../../apimachinery/index.ts';
import type { Version } from './codec.ts';
import { wholeObject } from './with-owners.ts';

/** A version that is not stored in the form in which it is served. */
export class ConvertedVersion implements Version {
  readonly object: KubeObject;
  readonly #owners: () => readonly ManagedFieldsEntry[];
  #bytes: Buffer | undefined;

  constructor(object: KubeObject, owners: () => readonly ManagedFieldsEntry[]) {
    this.object = object;
    this.#owners = owners;
  }

  get managedFields(): readonly ManagedFieldsEntry[] {
    return this.#owners();
  }

  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(JSON.stringify(wholeObject(this)));
    return this.#bytes;
  }
}
