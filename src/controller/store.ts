import type { KubeObject } from '../apimachinery/index.ts';
import type { IndexFunction, Key, Lister } from './contract.ts';

type Index = Map<string, Set<Key>>;

const byNamespace: IndexFunction<KubeObject> = (object) => [object.metadata.namespace ?? ''];

/** An informer's cache. An index costs nothing until it is first asked; from then on it is kept up to date. */
export class Store<T extends KubeObject> implements Lister<T> {
  readonly #items = new Map<Key, T>();
  readonly #functions = new Map<string, IndexFunction<T>>();
  readonly #indexes = new Map<IndexFunction<T>, Index>();

  addIndexes(indexes: Readonly<Record<string, IndexFunction<T>>>): void {
    for (const [name, fn] of Object.entries(indexes)) {
      const present = this.#functions.get(name);
      if (present !== undefined && present !== fn) throw new TypeError(`the index ${name} is defined twice`);
      this.#functions.set(name, fn);
    }
  }

  get(key: Key): T | undefined {
    return this.#items.get(key);
  }

  list(namespace?: string): readonly T[] {
    return namespace === undefined ? [...this.#items.values()] : this.#lookUp(byNamespace, namespace);
  }

  byIndex(index: string, value: string): readonly T[] {
    const fn = this.#functions.get(index);
    if (fn === undefined) throw new TypeError(`there is no index ${index}`);
    return this.#lookUp(fn, value);
  }

  entries(): IterableIterator<[Key, T]> {
    return this.#items.entries();
  }

  set(key: Key, object: T): void {
    const previous = this.#items.get(key);
    this.#items.set(key, object);
    for (const [fn, index] of this.#indexes) {
      if (previous !== undefined) unindex(index, fn(previous), key);
      enterInto(index, fn(object), key);
    }
  }

  delete(key: Key): void {
    const previous = this.#items.get(key);
    if (previous === undefined) return;
    this.#items.delete(key);
    for (const [fn, index] of this.#indexes) unindex(index, fn(previous), key);
  }

  #lookUp(fn: IndexFunction<T>, value: string): readonly T[] {
    const found: T[] = [];
    for (const key of this.#index(fn).get(value) ?? []) {
      const object = this.#items.get(key);
      if (object !== undefined) found.push(object);
    }
    return found;
  }

  #index(fn: IndexFunction<T>): Index {
    const present = this.#indexes.get(fn);
    if (present !== undefined) return present;
    const index: Index = new Map();
    for (const [key, object] of this.#items) enterInto(index, fn(object), key);
    this.#indexes.set(fn, index);
    return index;
  }
}

function enterInto(index: Index, values: readonly string[], key: Key): void {
  for (const value of values) {
    const keys = index.get(value);
    if (keys === undefined) index.set(value, new Set([key]));
    else keys.add(key);
  }
}

function unindex(index: Index, values: readonly string[], key: Key): void {
  for (const value of values) {
    const keys = index.get(value);
    if (keys?.delete(key) === true && keys.size === 0) index.delete(value);
  }
}
