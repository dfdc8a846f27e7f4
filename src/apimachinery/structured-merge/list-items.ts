import { isList, isObject, type UnknownObject } from '../json.ts';
import type { KeyedList, ScalarSet } from './merge-type.ts';
import { keyElement, valueElement } from './path-element.ts';

/** A value that its type has no place for. */
export class StructureError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StructureError';
  }
}

/** Names an item of a list that is no leaf. Throws `StructureError` for an item without an identity. */
export function itemElement(list: KeyedList | ScalarSet, item: unknown): string {
  return list.kind === 'set' ? setElement(item) : keyedElement(list, item);
}

/** The items under their elements, in order of first appearance; more than one where an element stands repeatedly. */
export function itemsByElement(list: KeyedList | ScalarSet, items: readonly unknown[]): Map<string, unknown[]> {
  const found = new Map<string, unknown[]>();
  for (const item of items) {
    const element = itemElement(list, item);
    const same = found.get(element);
    if (same === undefined) found.set(element, [item]);
    else same.push(item);
  }
  return found;
}

function setElement(item: unknown): string {
  if (isObject(item)) throw new StructureError("associative list without keys has an element that's a map type");
  if (isList(item)) throw new StructureError('not supported: associative list with lists as elements');
  if (item === null) throw new StructureError("associative list without keys has an element that's an explicit null");
  return valueElement(item);
}

function keyedElement({ keys, defaults }: KeyedList, item: unknown): string {
  if (item === null) throw new StructureError('associative list with keys may not have a null element');
  if (!isObject(item)) throw new StructureError('associative list with keys may not have non-map elements');
  const key = keyOf(item, keys, defaults);
  if (Object.keys(key).length > 0) return keyElement(key);
  const names = keys.map((name) => JSON.stringify(name)).join(' ');
  throw new StructureError(
    `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
  );
}

function keyOf(item: UnknownObject, keys: readonly string[], defaults: KeyedList['defaults']): UnknownObject {
  const key: Record<string, unknown> = {};
  for (const name of keys) {
    const value = item[name] ?? defaults[name];
    if (value !== undefined) key[name] = value;
  }
  return key;
}
