import { isList, isObject, type KubeObject } from '../../src/apimachinery/index.ts';

/** Names of fields from the outside in; `[]` stands for each item of a list. */
export type FieldPath = readonly string[];

export const ANY_ITEM = '[]';

/** As in `.spec.template.spec.containers[].image`. */
export function formatPath(path: FieldPath): string {
  return path.map((part) => (part === ANY_ITEM ? part : `.${part}`)).join('');
}

/** The very same object where it has none of them. */
export function withoutFields<T extends KubeObject>(object: T, paths: Iterable<FieldPath>): T {
  let rest: unknown = object;
  for (const path of paths) rest = without(rest, path);
  // @NOTE only what may be left out is taken away: fields beside those that every object has.
  return rest as T;
}

function without(value: unknown, [part, ...rest]: FieldPath): unknown {
  if (part === undefined) return value;
  if (part === ANY_ITEM) return isList(value) ? withoutInItems(value, rest) : value;
  if (!isObject(value) || !Object.hasOwn(value, part)) return value;
  if (rest.length === 0) {
    const { [part]: _dropped, ...others } = value;
    return others;
  }
  const field = without(value[part], rest);
  return field === value[part] ? value : { ...value, [part]: field };
}

function withoutInItems(items: readonly unknown[], path: FieldPath): readonly unknown[] {
  const next = items.map((item) => without(item, path));
  return next.some((item, index) => item !== items[index]) ? next : items;
}

/** Fields of `wanted` that say something and that `actual` has not at all. Lists of other lengths are not compared. */
export function fieldsLost(actual: unknown, wanted: unknown): readonly FieldPath[] {
  const found = new Map<string, FieldPath>();
  collect(actual, wanted, [], (path) => found.set(formatPath(path), path));
  return [...found.values()];
}

function collect(actual: unknown, wanted: unknown, path: FieldPath, add: (path: FieldPath) => void): void {
  if (isList(wanted)) {
    if (!isList(actual) || actual.length !== wanted.length) return;
    for (const [index, item] of wanted.entries()) collect(actual[index], item, [...path, ANY_ITEM], add);
    return;
  }
  if (!isObject(wanted) || !isObject(actual)) return;
  for (const [name, value] of Object.entries(wanted)) {
    if (Object.hasOwn(actual, name)) collect(actual[name], value, [...path, name], add);
    else if (saysSomething(value)) add([...path, name]);
  }
}

/** API servers leave out what is empty. */
function saysSomething(value: unknown): boolean {
  if (isList(value)) return value.length > 0;
  if (isObject(value)) return Object.values(value).some(saysSomething);
  return Boolean(value);
}
