import type { JsonSchema } from '../apiserver/index.ts';
import { additionalSchemaOf, isEmbedded, itemsOf, type Schema } from './schema/schema.ts';

type Reference = (typeName: string) => JsonSchema;

const OBJECT_META = 'k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta';

const API_VERSION: JsonSchema = {
  type: 'string',
  description: 'APIVersion defines the group and version of the schema that this representation of the object follows.',
};
const KIND: JsonSchema = { type: 'string', description: 'The kind of object that this is. It cannot be changed.' };

/** What clients are told of a custom resource: its own schema, with what every object has. */
export function publishedSchema(schema: Schema): (reference: Reference) => JsonSchema {
  return (reference) =>
    published({ ...schema, type: 'object', 'x-kubernetes-embedded-resource': true }, reference, true);
}

function published(schema: Schema, reference: Reference, isRoot = false): JsonSchema {
  const { properties, items: _items, additionalProperties, ...words } = schema;
  const { 'x-kubernetes-embedded-resource': _embedded, ...ofRoot } = words;
  const items = itemsOf(schema);
  const additional = additionalSchemaOf(schema);
  const fields = {
    ...(isEmbedded(schema) ? objectFields(reference) : {}),
    ...Object.fromEntries(
      Object.entries(properties ?? {})
        .filter(([name]) => !isEmbedded(schema) || name !== 'metadata')
        .map(([name, property]) => [name, published(property, reference)]),
    ),
  };
  return {
    ...(isRoot ? ofRoot : words),
    ...(items === undefined ? {} : { items: published(items, reference) }),
    ...(additionalProperties === undefined
      ? {}
      : { additionalProperties: additional === undefined ? additionalProperties : published(additional, reference) }),
    ...(Object.keys(fields).length === 0 ? {} : { properties: fields }),
  };
}

function objectFields(reference: Reference): Readonly<Record<string, JsonSchema>> {
  const metadata = {
    allOf: [reference(OBJECT_META)],
    description: "Standard object's metadata: names, labels, owners.",
  };
  return { apiVersion: API_VERSION, kind: KIND, metadata };
}
