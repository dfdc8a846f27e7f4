import { isObject, type KubeObject } from '../../src/apimachinery/index.ts';
import type { FieldPath } from './field-path.ts';

/** What an object has in a field of an object, not of a list. */
export function fieldAt(object: KubeObject, path: FieldPath): unknown {
  return path.reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), object);
}

/** The object with what the other one has in this field; the very same where that has nothing there. */
export function withFieldOf<T extends KubeObject>(object: T, other: KubeObject, path: FieldPath): T {
  const value = fieldAt(other, path);
  // @NOTE a field of the object's kind gets a value that another object of the kind has there.
  return value === undefined ? object : (withField(object, path, value) as T);
}

/** Nothing but this field of an object. */
export function fieldAlone(object: KubeObject, path: FieldPath): Readonly<Record<string, unknown>> {
  const value = withField({}, path, fieldAt(object, path));
  return isObject(value) ? value : {};
}

function withField(object: unknown, [name, ...rest]: FieldPath, value: unknown): unknown {
  if (name === undefined) return value;
  const others = isObject(object) ? object : {};
  return { ...others, [name]: withField(others[name], rest, value) };
}
