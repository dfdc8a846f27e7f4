import { groupResource, type Resource } from '../../apimachinery/index.ts';
import type { Registry } from './registry.ts';
import { noSuchResource } from './rules.ts';

type Path = Pick<Resource, 'group' | 'version' | 'plural'>;

/** The registries of a server by where they are served. */
export class Registries {
  readonly #byPath: ReadonlyMap<string, Registry>;
  readonly #versions: ReadonlySet<string>;

  constructor(registries: readonly Registry[]) {
    this.#byPath = new Map(registries.map((registry) => [keyOf(registry.definition), registry]));
    this.#versions = new Set(registries.map(({ definition }) => `${definition.group}/${definition.version}`));
    if (this.#byPath.size < registries.length) throw new TypeError('two definitions are served at the same path');
  }

  find(path: Path): Registry | undefined {
    return this.#byPath.get(keyOf(path));
  }

  get(path: Path): Registry {
    const registry = this.find(path);
    if (registry === undefined) throw noSuchResource();
    return registry;
  }

  /** Something is served in this version of this group. */
  hasVersion({ group, version }: Pick<Path, 'group' | 'version'>): boolean {
    return this.#versions.has(`${group}/${version}`);
  }
}

function keyOf(path: Path): string {
  return `${path.version}/${groupResource(path)}`;
}
