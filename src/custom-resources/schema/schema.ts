import type { JSONSchemaProps } from '../../apis/index.ts';

/** A schema as a definition states it. What is read of it here is what a structural schema may say. */
export type Schema = JSONSchemaProps;

export function propertyOf({ properties }: Schema, name: string): Schema | undefined {
  return properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

export function itemsOf({ items }: Schema): Schema | undefined {
  // @NOTE a list of schemas is refused where a definition is written.
  return Array.isArray(items) ? undefined : (items as Schema | undefined);
}

/** Of fields that no property names; `true`: anything goes. */
export function additionalOf({ additionalProperties }: Schema): Schema | true | undefined {
  return additionalProperties === false ? undefined : additionalProperties;
}

export function additionalSchemaOf(schema: Schema): Schema | undefined {
  const additional = additionalOf(schema);
  return additional === true ? undefined : additional;
}

/** The schema of what stands in a field, if it has one. */
export function schemaOfField(schema: Schema, name: string): Schema | undefined {
  return propertyOf(schema, name) ?? additionalSchemaOf(schema);
}

export function isPreserving(schema: Schema): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true;
}

export function isEmbedded(schema: Schema): boolean {
  return schema['x-kubernetes-embedded-resource'] === true;
}

/** What every object has, whatever a schema says. */
export const OBJECT_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

export const below = (path: string, field: string) => (path === '' ? field : `${path}.${field}`);
