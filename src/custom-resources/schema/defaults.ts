import { isList, isObject, setField, type UnknownObject } from '../../apimachinery/index.ts';
import { rewriteFields, rewriteItems } from './rewrite.ts';
import { itemsOf, schemaOfField, type Schema } from './schema.ts';

/**
 * What a resource means where it says nothing. A null where none may be counts as nothing: it is replaced by the
 * default, or dropped. The very same value when there is nothing to fill in.
 */
export function withDefaults(value: UnknownObject, schema: Schema): UnknownObject {
  return completeObject(value, schema);
}

function complete(value: unknown, schema: Schema): unknown {
  if (isObject(value)) return completeObject(value, schema);
  const items = itemsOf(schema);
  if (!isList(value) || items === undefined) return value;
  return rewriteItems(value, (item) => complete(isRefusedNull(item, items) ? (items.default ?? null) : item, items));
}

function completeObject(value: UnknownObject, schema: Schema): UnknownObject {
  const filled = withMissing(value, schema);
  return rewriteFields(filled, (content, name) => {
    const known = schemaOfField(schema, name);
    if (known === undefined) return content;
    if (isRefusedNull(content, known)) {
      return known.default === undefined ? undefined : complete(known.default, known);
    }
    return complete(content, known);
  });
}

function withMissing(value: UnknownObject, { properties }: Schema): UnknownObject {
  let filled: Record<string, unknown> | undefined;
  for (const [name, property] of Object.entries(properties ?? {})) {
    if (property.default === undefined || Object.hasOwn(value, name)) continue;
    filled ??= { ...value };
    setField(filled, name, property.default);
  }
  return filled ?? value;
}

function isRefusedNull(value: unknown, schema: Schema): boolean {
  return value === null && schema.nullable !== true;
}
