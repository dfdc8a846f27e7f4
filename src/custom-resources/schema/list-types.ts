import { duplicate, invalidValue, isList, isObject, stableJson, type FieldError } from '../../apimachinery/index.ts';
import { additionalSchemaOf, below, itemsOf, propertyOf, type Schema } from './schema.ts';

/** Items that stand twice in lists that are sets, or maps by some of their fields. */
export function validateListTypes(value: unknown, schema: Schema, path = ''): readonly FieldError[] {
  if (isList(value)) return validateList(value, schema, path);
  if (!isObject(value)) return [];
  const additional = additionalSchemaOf(schema);
  return Object.entries(value).flatMap(([name, content]) => {
    const property = propertyOf(schema, name);
    if (property !== undefined) return validateListTypes(content, property, below(path, name));
    return additional === undefined ? [] : validateListTypes(content, additional, `${path}[${name}]`);
  });
}

function validateList(list: readonly unknown[], schema: Schema, path: string): readonly FieldError[] {
  const items = itemsOf(schema);
  const own = uniquenessErrors(list, schema, path);
  if (items === undefined) return own;
  return [...own, ...list.flatMap((item, index) => validateListTypes(item, items, `${path}[${index}]`))];
}

function uniquenessErrors(list: readonly unknown[], schema: Schema, path: string): readonly FieldError[] {
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return duplicates(list, path);
    case 'map': {
      const odd = list.findIndex((item) => item !== null && !isObject(item));
      if (odd >= 0) {
        return [invalidValue(`${path}[${odd}]`, list[odd], 'must be an object for an array of list-type map')];
      }
      return duplicates(
        list.map((item) => keyOf(item, schema['x-kubernetes-list-map-keys'] ?? [])),
        path,
      );
    }
    default:
      return [];
  }
}

function keyOf(item: unknown, keys: readonly string[]): unknown {
  if (!isObject(item)) return {};
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(item, key)).map((key) => [key, item[key]]));
}

/** Each value that stands more than once is told of once, where it stands for the second time. */
function duplicates(values: readonly unknown[], path: string): readonly FieldError[] {
  const seen = new Map<string, number>();
  return values.flatMap((value, index) => {
    const text = stableJson(value);
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    return times === 2 ? [duplicate(`${path}[${index}]`, value)] : [];
  });
}
