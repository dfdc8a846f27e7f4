import { deepEqual, isObject } from '../../apimachinery/index.ts';
import { noSuchOverload } from './cel-error.ts';
import { CelList } from './cel-list.ts';
import { CelMap } from './cel-map.ts';
import { CelStruct } from './cel-struct.ts';
import { Duration, Timestamp } from './cel-time.ts';
import type { CelInstance, CelValue } from './cel-value.ts';
import { fromJson } from './from-json.ts';
import { Optional } from './optional.ts';
import { TypeValue } from './type-value.ts';
import { toJson } from './to-json.ts';
import { Uint } from './uint.ts';

/** Values of libraries that say themselves what equals them. */
export interface SelfComparing extends CelInstance {
  equals(other: CelValue): boolean;
}

/** Of any two values: numbers by what they count, lists and maps by content, different types never. */
export function equal(a: CelValue, b: CelValue): boolean {
  if (a === b) return true;
  if (isNumeric(a)) return isNumeric(b) && sameNumber(a, b);
  return isInstance(a) && isInstance(b) && equalInstances(a, b);
}

function isInstance(value: CelValue): value is CelInstance | Uint8Array {
  return typeof value === 'object' && value !== null;
}

function equalInstances(a: CelInstance | Uint8Array, b: CelInstance | Uint8Array): boolean {
  if (a instanceof CelList) return b instanceof CelList && equalLists(a, b);
  if (a instanceof CelMap) return b instanceof CelMap ? equalMaps(a, b) : b instanceof CelStruct && equal(b, a);
  if (a instanceof CelStruct) return equalToStruct(a, b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  return equalOpaque(a, b);
}

function equalOpaque(a: CelInstance, b: CelValue): boolean {
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (a instanceof Optional) return b instanceof Optional && equalOptionals(a, b);
  if (isSelfComparing(a)) return a.equals(b);
  throw noSuchOverload();
}

function isSelfComparing(value: CelInstance): value is SelfComparing {
  return 'equals' in value;
}

function isNumeric(value: CelValue): value is bigint | number | Uint {
  return typeof value === 'bigint' || typeof value === 'number' || value instanceof Uint;
}

function numberOf(value: bigint | number | Uint): bigint | number {
  return value instanceof Uint ? value.value : value;
}

/** An int and a double too: `==` compares them mathematically. */
function sameNumber(a: bigint | number | Uint, b: bigint | number | Uint): boolean {
  return numberOf(a) == numberOf(b);
}

function equalOptionals(a: Optional, b: Optional): boolean {
  if (a.value === undefined || b.value === undefined) return a.value === b.value;
  return equal(a.value, b.value);
}

function equalLists(a: CelList, b: CelList): boolean {
  if (a.size !== b.size) return false;
  const semantics = a.semantics ?? b.semantics;
  if (semantics !== undefined) return equalInAnyOrder(a, b, semantics.listMapKeys ?? []);
  for (let index = 0; index < a.size; index += 1) {
    if (!equal(a.at(index), b.at(index))) return false;
  }
  return true;
}

/** Elements are found by their keys, or by themselves where there are none. */
function equalInAnyOrder(a: CelList, b: CelList, keys: readonly string[]): boolean {
  const byKey = new Map(a.toArray().map((item) => [mergeKey(item, keys), item]));
  return b.toArray().every((item) => {
    const other = byKey.get(mergeKey(item, keys));
    return other !== undefined && equal(other, item);
  });
}

/** What identifies an element of a set, or, by the values of its key fields, of a list that is a map. */
export function mergeKey(item: CelValue, keys: readonly string[]): string {
  if (item instanceof CelStruct && keys.length > 0) return JSON.stringify(keys.map((key) => item.json?.[key] ?? null));
  if (item instanceof CelMap && keys.length > 0)
    return JSON.stringify(keys.map((key) => scalarText(item.get(key) ?? null)));
  return scalarText(item);
}

function scalarText(value: CelValue): string {
  if (typeof value === 'string') return `s${value}`;
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString('hex')}`;
  return typeof value === 'object' && value !== null ? JSON.stringify(toJson(value)) : String(value);
}

function equalMaps(a: CelMap, b: CelMap): boolean {
  return (
    a.size === b.size &&
    a.entries().every(([key, value]) => {
      const other = b.get(key);
      return other !== undefined && equal(value, other);
    })
  );
}

function equalToStruct(a: CelStruct, b: CelValue): boolean {
  if (b instanceof CelMap) return a.json !== undefined && equal(fromJson(a.json, { kind: 'dyn' }), b);
  if (!(b instanceof CelStruct)) return false;
  if (a.json !== undefined && b.json !== undefined) return equalJsonStructs(a, b);
  return a.celType.name === b.celType.name && equalFields(a, b);
}

function equalFields({ fields: left }: CelStruct, { fields: right }: CelStruct): boolean {
  if (left === undefined || left.size !== right?.size) return false;
  return [...left].every(([field, value]) => right.has(field) && equal(value, right.get(field) ?? null));
}

/** Known fields by their types, which may be lists in any order; unknown ones as they are. */
function equalJsonStructs(a: CelStruct, b: CelStruct): boolean {
  const [left, right] = [a.json ?? {}, b.json ?? {}];
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => {
    if (!Object.hasOwn(right, key)) return false;
    const type = (a.celType.fieldOfJson ?? a.celType.field)(key)?.type;
    const [leftValue, rightValue] = [left[key], right[key]];
    if (type === undefined) return deepEqual(leftValue, rightValue);
    if (!isObject(leftValue) && !Array.isArray(leftValue)) return deepEqual(leftValue, rightValue);
    return equal(fromJson(leftValue, type), fromJson(rightValue, type));
  });
}
