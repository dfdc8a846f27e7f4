import { ExactInteger } from './exact-integer.ts';
import { isList, isObject, type UnknownObject } from './json.ts';

/** Equality of JSON values: the order of an object's fields does not matter, and a field that is `undefined` is not there. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, index) => deepEqual(item, b[index]));
  if (isObject(a)) return isObject(b) && equalObjects(a, b);
  return a instanceof ExactInteger && b instanceof ExactInteger && a.value === b.value;
}

function equalObjects(a: UnknownObject, b: UnknownObject): boolean {
  let fieldsOfA = 0;
  for (const field in a) {
    if (a[field] === undefined) continue;
    if (!Object.hasOwn(b, field) || !deepEqual(a[field], b[field])) return false;
    fieldsOfA += 1;
  }
  let fieldsOfB = 0;
  for (const field in b) if (b[field] !== undefined) fieldsOfB += 1;
  return fieldsOfA === fieldsOfB;
}
