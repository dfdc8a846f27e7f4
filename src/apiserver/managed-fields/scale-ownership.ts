import {
  apiVersionOf,
  fieldElement,
  hasPath,
  isEmptySet,
  setOf,
  withoutTrees,
  type ManagedFieldsEntry,
  type MergeTypes,
} from '../../apimachinery/index.ts';
import { SCALE_KIND } from '../registry/scale-kind.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { identityOf, readEntries, writeEntries, type ManagedOwner } from './entries.ts';
import { FieldOwnership } from './field-ownership.ts';

export interface ScaleOwnershipDeps {
  /** Whose scale it is. */
  readonly definition: ResourceDefinition;
  readonly served: () => readonly ResourceDefinition[];
  readonly typeNamed: MergeTypes;
  readonly now: () => number;
}

type Path = readonly string[];

const SCALE_VERSION = apiVersionOf(SCALE_KIND);
const REPLICAS: Path = ['spec', 'replicas'];
const IN_SCALE = pathOf(REPLICAS);

/** Who owns the replicas of an object, in the words of its scale and back. */
export class ScaleOwnership {
  /** Of the fields of scales. */
  readonly ofScale: FieldOwnership;
  readonly #definition: ResourceDefinition;
  readonly #served: () => readonly ResourceDefinition[];

  constructor({ definition, served, typeNamed, now }: ScaleOwnershipDeps) {
    this.#definition = definition;
    this.#served = served;
    const versions = {
      typeOf: (apiVersion: string) => (apiVersion === SCALE_VERSION ? typeNamed(SCALE_KIND.schema) : undefined),
      convert: (object: Readonly<Record<string, unknown>>) => Promise.resolve(object),
    };
    this.ofScale = new FieldOwnership(SCALE_KIND, versions, now);
  }

  /** The entries of an object as those of its scale: of those who own the replicas. */
  toScale(entries: readonly ManagedFieldsEntry[]): readonly ManagedFieldsEntry[] {
    const owners = [...readEntries(entries).values()].filter((owner) => this.#ownsReplicas(owner));
    return writeEntries(owners.map((owner) => ({ ...owner, apiVersion: SCALE_VERSION, fields: setOf(IN_SCALE) })));
  }

  /** The entries of an object after those of its scale have become others; new ones are of the object's own version. */
  toObject(
    entries: readonly ManagedFieldsEntry[],
    ofScale: readonly ManagedFieldsEntry[],
  ): readonly ManagedFieldsEntry[] {
    const owning = readEntries(ofScale);
    const kept = [...readEntries(entries).values()].map((owner) => {
      if (!this.#ownsReplicas(owner)) return owner;
      return owning.delete(identityOf(owner, SCALE_VERSION)) ? owner : this.#withoutReplicas(owner);
    });
    const apiVersion = apiVersionOf(this.#definition);
    const fields = setOf(this.#pathIn(apiVersion));
    const added = [...owning.values()]
      .filter((owner) => hasPath(owner.fields, IN_SCALE))
      .map((owner) => ({ ...owner, apiVersion, fields }));
    return writeEntries([...kept, ...added].filter((owner) => !isEmptySet(owner.fields)));
  }

  #ownsReplicas({ apiVersion, fields }: ManagedOwner): boolean {
    return hasPath(fields, this.#pathIn(apiVersion));
  }

  #withoutReplicas(owner: ManagedOwner): ManagedOwner {
    return { ...owner, fields: withoutTrees(owner.fields, setOf(this.#pathIn(owner.apiVersion))) };
  }

  /** Each version of a custom resource says for itself where its replicas stand. */
  #pathIn(apiVersion: string): Path {
    const { group, plural } = this.#definition;
    const other = this.#served().find(
      (served) => served.group === group && served.plural === plural && apiVersionOf(served) === apiVersion,
    );
    const part = (other ?? this.#definition).subresources?.find(({ type }) => type === 'scale');
    return pathOf(part?.type === 'scale' ? (part.replicasPath ?? REPLICAS) : REPLICAS);
  }
}

function pathOf(names: Path): Path {
  return names.map((name) => fieldElement(name));
}
