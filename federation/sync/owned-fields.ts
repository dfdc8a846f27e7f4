import { isList, isObject } from '../../src/apimachinery/index.ts';

/**
 * Whether `actual` has everything that `wanted` says. Fields that only `actual` has are the member's own: defaults
 * that its version of Kubernetes fills in. Lists must be of equal length, item by item. A wanted `null` asks
 * for nothing, and an empty list or object may be missing, for API servers leave such fields out.
 */
export function hasAll(actual: unknown, wanted: unknown): boolean {
  if (wanted === undefined || wanted === null) return true;
  if (isList(wanted)) return hasAllItems(actual, wanted);
  if (!isObject(wanted)) return actual === wanted;
  const fields = Object.entries(wanted);
  if (!isObject(actual)) return fields.length === 0 && actual === undefined;
  return fields.every(([name, value]) => hasAll(Object.hasOwn(actual, name) ? actual[name] : undefined, value));
}

function hasAllItems(actual: unknown, wanted: readonly unknown[]): boolean {
  if (!isList(actual)) return wanted.length === 0 && actual === undefined;
  return actual.length === wanted.length && wanted.every((item, index) => hasAll(actual[index], item));
}
