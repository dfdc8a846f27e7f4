import { invalidValue, type FieldError } from '../../apimachinery/index.ts';
import { validateListTypes } from './list-types.ts';
import { isPruned } from './prune.ts';
import { itemsOf, type Schema } from './schema.ts';
import { validateValue } from './validate.ts';

/** Defaults that their own schema would refuse, or would drop a part of. */
export function defaultErrors(schema: Schema, field: string): readonly FieldError[] {
  const items = itemsOf(schema);
  return [
    ...(schema.default === undefined ? [] : ownErrors(schema, `${field}.default`)),
    ...(items === undefined ? [] : defaultErrors(items, `${field}.items`)),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
      defaultErrors(property, `${field}.properties[${name}]`),
    ),
  ];
}

function ownErrors(schema: Schema, field: string): readonly FieldError[] {
  const { default: value } = schema;
  const unknown = isPruned(value, schema) ? [] : [invalidValue(field, value, 'must not have unknown fields')];
  const wrong = [...validateValue(value, schema), ...validateListTypes(value, schema)];
  return [
    ...unknown,
    ...wrong.map((error) => ({ ...error, field: error.field === '' ? field : `${field}.${error.field}` })),
  ];
}
