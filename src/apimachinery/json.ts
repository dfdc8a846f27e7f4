import { ExactInteger } from './exact-integer.ts';

/** A JSON object, as far as anyone can tell before its schema is known. */
export type UnknownObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is UnknownObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactInteger);
}

/** As JSON has it: a whole number may be one that no `number` can hold. */
export function isNumber(value: unknown): value is number | ExactInteger {
  return typeof value === 'number' || value instanceof ExactInteger;
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Sets a field, also one named `__proto__`, which plain assignment would take for the prototype. */
export function setField(object: Record<string, unknown>, field: string, value: unknown): void {
  if (field === '__proto__') {
    Object.defineProperty(object, field, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[field] = value;
  }
}
