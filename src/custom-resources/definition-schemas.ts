import { deepEqual, type FieldError } from '../apimachinery/index.ts';
import type { CustomResourceDefinition } from '../apis/index.ts';
import { defaultErrors } from './schema/default-rules.ts';
import { hasRules } from './schema/has-rules.ts';
import { keywordErrors } from './schema/keyword-rules.ts';
import type { Schema } from './schema/schema.ts';
import { selectableFieldErrors } from './selectable-fields.ts';
import { structuralErrors } from './schema/structural-rules.ts';

/** What is wrong with the schemas of a definition: the first kind of fault there is, for the others may follow from it. */
export async function schemaErrors({ spec }: CustomResourceDefinition): Promise<readonly FieldError[]> {
  const errors = await Promise.all(statedSchemas(spec).map(([field, schema]) => errorsOf(schema, field)));
  const selectable = spec.versions.flatMap((version, index) =>
    selectableFieldErrors(version, `spec.versions[${index}]`),
  );
  return [...errors.flat(), ...selectable];
}

async function errorsOf(schema: Schema, field: string): Promise<readonly FieldError[]> {
  const words = keywordErrors(schema, { field, isRoot: true, insideMeta: false });
  if (words.length > 0) return words;
  const structure = structuralErrors(schema, field);
  if (structure.length > 0) return structure;
  return [...defaultErrors(schema, field), ...(hasRules(schema) ? await rulesErrors(schema, field) : [])];
}

async function rulesErrors(schema: Schema, field: string): Promise<readonly FieldError[]> {
  const { ruleErrors } = await import('./rules/rule-declarations.ts');
  return ruleErrors(schema, field);
}

/** What all versions have in common is told of as if it stood above them. */
function statedSchemas({ versions }: CustomResourceDefinition['spec']): readonly (readonly [string, Schema])[] {
  const schemas = versions.map(({ schema }) => schema?.openAPIV3Schema);
  const [first] = schemas;
  if (first !== undefined && schemas.every((schema) => deepEqual(schema, first))) {
    return [['spec.validation.openAPIV3Schema', first]];
  }
  return schemas.flatMap((schema, index) =>
    schema === undefined ? [] : [[`spec.versions[${index}].schema.openAPIV3Schema`, schema] as const],
  );
}
