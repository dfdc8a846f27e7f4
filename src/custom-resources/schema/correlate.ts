import { isList, isObject, stableJson } from '../../apimachinery/index.ts';
import type { Schema } from './schema.ts';

/** Which item of an older list an item is the successor of. Only the items of maps have a name by which to tell. */
export function correlated(schema: Schema, old: unknown): (item: unknown) => unknown {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (schema['x-kubernetes-list-type'] !== 'map' || keys.length === 0 || !isList(old)) return () => undefined;
  let byKey: ReadonlyMap<string, unknown> | undefined;
  return (item) => {
    byKey ??= new Map(old.map((before) => [mapKeyOf(before, keys), before]));
    return byKey.get(mapKeyOf(item, keys));
  };
}

function mapKeyOf(item: unknown, keys: readonly string[]): string {
  return stableJson(isObject(item) ? keys.map((key) => item[key] ?? null) : null);
}
