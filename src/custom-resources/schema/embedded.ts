import {
  createSchemaCheck,
  invalidValue,
  isList,
  isObject,
  required,
  SchemaMismatch,
  validateObjectMeta,
  type FieldError,
  type ObjectMeta,
  type UnknownObject,
} from '../../apimachinery/index.ts';
import { typeTable } from '../../apis/index.ts';
import { rewriteFields, rewriteItems } from './rewrite.ts';
import { below, isEmbedded, itemsOf, OBJECT_FIELDS, schemaOfField, type Schema } from './schema.ts';

const OBJECT_META = 'k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta';
const check = createSchemaCheck(typeTable);

/** Whether whole objects stand anywhere in what a schema describes. */
export function hasEmbedded(schema: Schema): boolean {
  const { properties = {}, additionalProperties } = schema;
  const items = itemsOf(schema);
  return (
    isEmbedded(schema) ||
    (items !== undefined && hasEmbedded(items)) ||
    (typeof additionalProperties === 'object' && hasEmbedded(additionalProperties)) ||
    Object.values(properties).some(hasEmbedded)
  );
}

/** Drops the fields of embedded objects' metadata that no metadata has, and adds their paths to `unknownFields`. */
export function withKnownMetadata(value: UnknownObject, schema: Schema, unknownFields: string[]): UnknownObject {
  const visit: Visit = (object, path) => {
    const { metadata } = object;
    if (!isObject(metadata)) return object;
    const read = checked(metadata);
    if (read instanceof SchemaMismatch || read.value === metadata) return object;
    unknownFields.push(...read.unknownFields.map((field) => `${path}.metadata.${field}`));
    return { ...object, metadata: read.value };
  };
  const walked = walk(value, schema, '', visit);
  return isObject(walked) ? walked : value;
}

/** Embedded objects are named and typed as any object is. */
export function embeddedErrors(value: unknown, schema: Schema): readonly FieldError[] {
  const errors: FieldError[] = [];
  walk(value, schema, '', (object, path) => {
    for (const field of ['apiVersion', 'kind'] as const) {
      const text = object[field];
      if (text === undefined || text === '') errors.push(required(`${path}.${field}`, 'must not be empty'));
      else if (typeof text !== 'string') errors.push(invalidValue(`${path}.${field}`, text, 'must be a string'));
    }
    if (object['metadata'] !== undefined) errors.push(...metadataErrors(object['metadata'], `${path}.metadata`));
    return object;
  });
  return errors;
}

function metadataErrors(metadata: unknown, path: string): readonly FieldError[] {
  if (!isObject(metadata)) return [invalidValue(path, metadata, 'must be an object')];
  const read = checked(metadata);
  if (read instanceof SchemaMismatch) return [invalidValue(path, metadata, read.message)];
  // @NOTE it was just checked against the schema of metadata.
  const known = read.value as ObjectMeta;
  if ((known.name ?? '') === '' && (known.generateName ?? '') === '') return [];
  const errors = validateObjectMeta(known, { namespaced: (known.namespace ?? '') !== '', validateName: undefined });
  return errors.map((error) => ({ ...error, field: error.field.replace(/^metadata/, path) }));
}

function checked(metadata: UnknownObject): ReturnType<typeof check> | SchemaMismatch {
  try {
    return check({ ...metadata }, OBJECT_META);
  } catch (err) {
    if (err instanceof SchemaMismatch) return err;
    throw err;
  }
}

type Visit = (object: UnknownObject, path: string) => UnknownObject;

function walk(value: unknown, schema: Schema, path: string, visit: Visit): unknown {
  if (isList(value)) {
    const items = itemsOf(schema);
    return items === undefined
      ? value
      : rewriteItems(value, (item, index) => walk(item, items, `${path}[${index}]`, visit));
  }
  if (!isObject(value)) return value;
  const inside = rewriteFields(value, (content, name) => {
    const known =
      OBJECT_FIELDS.has(name) && (path === '' || isEmbedded(schema)) ? undefined : schemaOfField(schema, name);
    return known === undefined ? content : walk(content, known, below(path, name), visit);
  });
  return path !== '' && isEmbedded(schema) ? visit(inside, path) : inside;
}
