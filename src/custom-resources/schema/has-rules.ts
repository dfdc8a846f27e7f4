import { additionalSchemaOf, itemsOf, type Schema } from './schema.ts';

/** Whether there is any rule in a schema. */
export function hasRules(schema: Schema): boolean {
  const items = itemsOf(schema);
  const additional = additionalSchemaOf(schema);
  return (
    (schema['x-kubernetes-validations'] ?? []).length > 0 ||
    (items !== undefined && hasRules(items)) ||
    (additional !== undefined && hasRules(additional)) ||
    (schema.allOf ?? []).some(hasRules) ||
    Object.values(schema.properties ?? {}).some(hasRules)
  );
}
