import { createMergeTypes, type MergeType, type MergeTypes, type Resource } from '../../apimachinery/index.ts';
import { FieldOwnership } from '../managed-fields/field-ownership.ts';
import { mergeTypesOf, objectVersions } from '../managed-fields/object-versions.ts';
import { ScaleOwnership } from '../managed-fields/scale-ownership.ts';
import { servedPath, type ResourceCatalog } from '../catalog.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { AnsweredReads } from './answered-reads.ts';
import { Codec } from './codec.ts';
import { ConvertingCodec } from './converting-codec.ts';
import { ConvertedRegistry } from './converted-registry.ts';
import type { RegistryDeps } from './deps.ts';
import { Registry } from './registry.ts';
import { noSuchResource } from './rules.ts';
import type { ServedResource } from './served-resource.ts';

type Path = Pick<Resource, 'group' | 'version' | 'plural'>;

type SharedDeps = Omit<RegistryDeps, 'definition' | 'codec' | 'ownership' | 'scaleOwnership'>;

/** The registries of a server by where they are served: one for each definition of the catalog, for as long as it is there. */
export class Registries {
  readonly #deps: SharedDeps;
  readonly #stored = new WeakMap<ResourceDefinition, Registry>();
  readonly #served = new WeakMap<ResourceDefinition, ServedResource>();
  readonly #byPath: () => ReadonlyMap<string, ServedResource>;
  readonly #versions: () => ReadonlySet<string>;
  readonly #definitions: () => readonly ResourceDefinition[];
  readonly #typeNamed: MergeTypes;
  readonly #mergeTypeOf: (definition: ResourceDefinition) => MergeType;

  constructor(catalog: ResourceCatalog, deps: SharedDeps) {
    this.#deps = deps;
    this.#definitions = () => catalog.definitions();
    this.#typeNamed = createMergeTypes(deps.types);
    this.#mergeTypeOf = mergeTypesOf(this.#typeNamed, deps.types);
    this.#byPath = catalog.derive(
      (definitions) => new Map(definitions.map((definition) => [servedPath(definition), this.#servedOf(definition)])),
    );
    this.#versions = catalog.derive(
      (definitions) => new Set(definitions.map(({ group, version }) => `${group}/${version}`)),
    );
  }

  find(path: Path): ServedResource | undefined {
    return this.#byPath().get(servedPath(path));
  }

  get(path: Path): ServedResource {
    const registry = this.find(path);
    if (registry === undefined) throw noSuchResource();
    return registry;
  }

  /** Something is served in this version of this group. */
  hasVersion({ group, version }: Pick<Path, 'group' | 'version'>): boolean {
    return this.#versions().has(`${group}/${version}`);
  }

  #servedOf(definition: ResourceDefinition): ServedResource {
    let served = this.#served.get(definition);
    if (served === undefined) {
      served = this.#newlyServed(definition);
      this.#served.set(definition, served);
    }
    return served;
  }

  #newlyServed(definition: ResourceDefinition): ServedResource {
    const { storedAs, read } = definition;
    if (read !== undefined) return new AnsweredReads(definition, read);
    if (storedAs === undefined) return this.#storedOf(definition);
    const stored = this.#storedOf(storedAs.definition);
    return new ConvertedRegistry({ definition, storedAs, stored, ...this.#deps });
  }

  /** What is stored need not be served under its own version. */
  #storedOf(definition: ResourceDefinition): Registry {
    let registry = this.#stored.get(definition);
    if (registry === undefined) {
      const { stored } = definition;
      const codec = stored === undefined ? new Codec(definition) : new ConvertingCodec(definition, stored);
      registry = new Registry({ ...this.#deps, definition, codec, ...this.#ownershipOf(definition) });
      this.#stored.set(definition, registry);
    }
    return registry;
  }

  #ownershipOf(definition: ResourceDefinition): Pick<RegistryDeps, 'ownership' | 'scaleOwnership'> {
    const [served, mergeTypeOf, typeNamed] = [this.#definitions, this.#mergeTypeOf, this.#typeNamed];
    const now = () => this.#deps.clock.now();
    const versions = objectVersions({ definition, served, mergeTypeOf });
    return {
      ownership: new FieldOwnership(definition, versions, now),
      scaleOwnership: new ScaleOwnership({ definition, served, typeNamed, now }),
    };
  }
}
