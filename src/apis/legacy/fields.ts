import { isList, isObject, type UnknownObject } from '../../apimachinery/index.ts';

/** A part of an object whose version nobody has types for any more. */
export type Fields = UnknownObject;

export function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : {};
}

export function listOf(value: unknown): readonly Fields[] {
  return isList(value) ? value.map(fieldsOf) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** What stands at a path of names; `undefined` where the path ends early. */
export function at(object: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), object);
}

/** Only the fields that say something. */
export function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}

export function without(fields: Fields, ...names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/** The object with another part, where it has that part at all. */
export function changed(object: Fields, name: string, change: (part: Fields) => Fields): Fields {
  return isObject(object[name]) ? { ...object, [name]: change(object[name]) } : object;
}

export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (isObject(value) && Object.keys(value).length === 0);
}

/** A number, or a text that holds one, as text. */
export function numberText(value: unknown): string {
  return typeof value === 'number' ? String(value) : textOf(value);
}
