import { DYN, mapOf, STRING, type CelType } from '../cel-type.ts';
import { CelError } from './cel-error.ts';
import type { CelValue } from './cel-value.ts';
import { Uint } from './uint.ts';

export interface MapLike {
  readonly size: number;
  get(key: CelValue): CelValue | undefined;
  keys(): readonly CelValue[];
}

const MAP_OF_ANYTHING = mapOf(DYN, DYN);
const MAP_OF_STRINGS = mapOf(STRING, DYN);

/** A map; its content comes from a literal or, made when read, from a JSON object. */
export class CelMap {
  readonly celType: CelType;
  readonly #content: MapLike;

  constructor(content: MapLike, type: CelType = MAP_OF_ANYTHING) {
    this.#content = content;
    this.celType = type;
  }

  /** Throws `CelError` for a repeated key or one that is no key. */
  static of(entries: Iterable<readonly [CelValue, CelValue]>): CelMap {
    const content = new Map<unknown, readonly [CelValue, CelValue]>();
    for (const [key, value] of entries) {
      const id = keyIdentity(key);
      if (id === undefined) throw new CelError('unsupported key type');
      if (content.has(id)) throw new CelError(`Failed with repeated key`);
      content.set(id, [key, value]);
    }
    return new CelMap({
      size: content.size,
      get: (key) => content.get(keyIdentity(key))?.[1],
      keys: () => [...content.values()].map(([key]) => key),
    });
  }

  static ofJson(object: Readonly<Record<string, unknown>>, toValue: (json: unknown) => CelValue): CelMap {
    const keys = Object.keys(object);
    const content: MapLike = {
      size: keys.length,
      get: (key) => (typeof key === 'string' && Object.hasOwn(object, key) ? toValue(object[key]) : undefined),
      keys: () => keys,
    };
    return new CelMap(content, MAP_OF_STRINGS);
  }

  get size(): number {
    return this.#content.size;
  }

  get(key: CelValue): CelValue | undefined {
    return this.#content.get(key);
  }

  keys(): readonly CelValue[] {
    return this.#content.keys();
  }

  entries(): readonly (readonly [CelValue, CelValue])[] {
    return this.keys().map((key) => [key, this.get(key) ?? null]);
  }
}

/** Numbers are the same key whatever their type. */
function keyIdentity(key: CelValue): string | boolean | bigint | undefined {
  if (typeof key === 'string' || typeof key === 'boolean' || typeof key === 'bigint') return key;
  if (key instanceof Uint) return key.value;
  return typeof key === 'number' && Number.isInteger(key) ? BigInt(key) : undefined;
}
