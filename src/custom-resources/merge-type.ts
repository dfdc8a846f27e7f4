import {
  ATOMIC,
  DEDUCED,
  fieldElement,
  type MergeField,
  type MergeType,
  type MergeTypes,
} from '../apimachinery/index.ts';
import { additionalSchemaOf, isEmbedded, isPreserving, itemsOf, propertyOf, type Schema } from './schema/schema.ts';

const OBJECT_META = 'k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta';
const TEXT: MergeType = { kind: 'scalar', of: 'string' };
const UNTYPED: MergeType = { kind: 'scalar', of: 'untyped' };

/** How objects of a schema are merged and owned, field by field. */
export function customMergeType(schema: Schema): (typeNamed: MergeTypes) => MergeType {
  return (typeNamed) =>
    mergeType({ ...schema, type: 'object', 'x-kubernetes-embedded-resource': true }, () => typeNamed(OBJECT_META));
}

function mergeType(schema: Schema, metadata: () => MergeType): MergeType {
  if (schema['x-kubernetes-int-or-string'] === true) return UNTYPED;
  switch (schema.type) {
    case 'object':
      return objectType(schema, metadata);
    case 'array':
      return listType(schema, metadata);
    case 'string':
      return TEXT;
    case 'boolean':
      return { kind: 'scalar', of: 'boolean' };
    case 'integer':
    case 'number':
      return { kind: 'scalar', of: 'numeric' };
    default:
      return isPreserving(schema) ? DEDUCED : UNTYPED;
  }
}

function objectType(schema: Schema, metadata: () => MergeType): MergeType {
  if (schema['x-kubernetes-map-type'] === 'atomic') return { kind: 'atomic', of: 'map' };
  const additional = additionalSchemaOf(schema);
  const values =
    additional === undefined ? (isPreserving(schema) ? DEDUCED : undefined) : mergeType(additional, metadata);
  const known = new Map<string, MergeField | undefined>();
  return {
    kind: 'map',
    field: (name) => {
      if (!known.has(name)) known.set(name, fieldType(schema, name, metadata));
      return known.get(name);
    },
    ...(values === undefined ? {} : { values }),
  };
}

function fieldType(schema: Schema, name: string, metadata: () => MergeType): MergeField | undefined {
  const element = fieldElement(name);
  if (isEmbedded(schema)) {
    if (name === 'metadata') return { element, type: metadata(), always: false };
    if (name === 'apiVersion' || name === 'kind') return { element, type: TEXT, always: false };
  }
  const property = propertyOf(schema, name);
  return property === undefined ? undefined : { element, type: mergeType(property, metadata), always: false };
}

function listType(schema: Schema, metadata: () => MergeType): MergeType {
  const items = itemsOf(schema);
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return { kind: 'set' };
    case 'map': {
      const keys = schema['x-kubernetes-list-map-keys'] ?? [];
      if (items === undefined) return ATOMIC;
      return { kind: 'list', keys, defaults: keyDefaults(items, keys), items: mergeType(items, metadata) };
    }
    default:
      return { kind: 'atomic', of: 'list' };
  }
}

function keyDefaults(items: Schema, keys: readonly string[]): Readonly<Record<string, string | number | boolean>> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = propertyOf(items, key)?.default;
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[key, value]] : [];
    }),
  );
}
