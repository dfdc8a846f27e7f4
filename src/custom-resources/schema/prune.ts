import { isList, isObject, type UnknownObject } from '../../apimachinery/index.ts';
import { rewriteFields, rewriteItems } from './rewrite.ts';
import {
  additionalOf,
  below,
  isEmbedded,
  isPreserving,
  itemsOf,
  OBJECT_FIELDS,
  propertyOf,
  type Schema,
} from './schema.ts';

export interface Pruned {
  /** The very same one when there was nothing to drop. */
  readonly value: UnknownObject;
  /** Of what was dropped, in the order of the document. */
  readonly unknownFields: readonly string[];
}

/** Drops the fields of a resource that its schema does not have. `apiVersion`, `kind` and `metadata` stay as they are. */
export function prune(value: UnknownObject, schema: Schema): Pruned {
  const unknownFields: string[] = [];
  const pruner = new Pruner(unknownFields);
  return { value: pruner.object(value, { ...schema, 'x-kubernetes-embedded-resource': true }, ''), unknownFields };
}

/** The same for a part of a resource: a default. */
export function isPruned(value: unknown, schema: Schema): boolean {
  return new Pruner([]).value(value, schema, '') === value;
}

class Pruner {
  readonly #unknown: string[];

  constructor(unknown: string[]) {
    this.#unknown = unknown;
  }

  /** `schema` is absent below `additionalProperties: true`, where no object may have any field. */
  value(value: unknown, schema: Schema | undefined, path: string): unknown {
    if (isObject(value)) return this.object(value, schema, path);
    if (!isList(value)) return value;
    const items = schema === undefined ? undefined : itemsOf(schema);
    if (schema !== undefined && isPreserving(schema) && items === undefined) return value;
    return rewriteItems(value, (item, index) => this.value(item, items, `${path}[${index}]`));
  }

  object(value: UnknownObject, schema: Schema | undefined, path: string): UnknownObject {
    return rewriteFields(value, (content, name) => {
      if (schema !== undefined && isEmbedded(schema) && OBJECT_FIELDS.has(name)) return content;
      const known = schema === undefined ? undefined : fieldOf(schema, name);
      const at = below(path, name);
      if (known !== undefined) return this.value(content, known === true ? undefined : known, at);
      if (schema !== undefined && isPreserving(schema)) return content;
      this.#unknown.push(at);
      return undefined;
    });
  }
}

function fieldOf(schema: Schema, name: string): Schema | true | undefined {
  return propertyOf(schema, name) ?? additionalOf(schema);
}
