import { groupResource } from '../apimachinery/index.ts';
import type { ResourceDefinition } from './resource-definition.ts';

/**
 * What a server serves, by who asked for it: the built-in kinds are one source, custom resources another. It may change
 * while the server runs; whoever derives something from it keeps that until `generation` is another one.
 */
export class ResourceCatalog {
  readonly #sources = new Map<string, readonly ResourceDefinition[]>();
  #definitions: readonly ResourceDefinition[] = [];
  #generation = 0;
  /** Replaced, never changed: a handler may add or remove handlers while it is called. */
  #handlers: readonly (() => void)[] = [];

  /** Replaces what `source` serves. Throws a `TypeError` where two definitions would be served at the same path. */
  set(source: string, definitions: readonly ResourceDefinition[]): void {
    const next = new Map(this.#sources).set(source, definitions);
    const all = [...next.values()].flat();
    const paths = new Set(all.map((definition) => servedPath(definition)));
    if (paths.size < all.length) throw new TypeError('two definitions are served at the same path');
    this.#sources.set(source, definitions);
    this.#definitions = all;
    this.#generation += 1;
    for (const handler of this.#handlers) handler();
  }

  /** Calls `handler` after every change from now on, until the function that it gives is called. */
  onChange(handler: () => void): () => void {
    const own = () => {
      handler();
    };
    this.#handlers = [...this.#handlers, own];
    return () => {
      this.#handlers = this.#handlers.filter((other) => other !== own);
    };
  }

  definitions(): readonly ResourceDefinition[] {
    return this.#definitions;
  }

  /** Another number after every change. */
  get generation(): number {
    return this.#generation;
  }

  /** What `make` makes of the definitions, made again after a change when it is next asked for. */
  derive<R>(make: (definitions: readonly ResourceDefinition[]) => R): () => R {
    let made: { readonly of: number; readonly value: R } | undefined;
    return () => {
      if (made?.of !== this.#generation) made = { of: this.#generation, value: make(this.#definitions) };
      return made.value;
    };
  }
}

/** One string for where a resource is served: no two definitions share it. */
export function servedPath(path: Pick<ResourceDefinition, 'group' | 'version' | 'plural'>): string {
  return `${path.version}/${groupResource(path)}`;
}
