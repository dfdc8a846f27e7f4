import { invalidValue, type FieldError } from '../apimachinery/index.ts';
import type { CustomResourceDefinitionVersion } from '../apis/index.ts';
import { parseSimplePath } from './json-path.ts';
import { propertyOf, type Schema } from './schema/schema.ts';

const SELECTABLE = new Set(['string', 'boolean', 'integer']);

/** Fields that are to be selected by must be fields of the schema, with values that a text can stand for. */
export function selectableFieldErrors(
  { selectableFields = [], schema }: CustomResourceDefinitionVersion,
  field: string,
): readonly FieldError[] {
  return selectableFields.flatMap(({ jsonPath }, index) => {
    const why = jsonPath === '' ? undefined : fault(jsonPath, schema?.openAPIV3Schema ?? {});
    return why === undefined ? [] : [invalidValue(`${field}.selectableFields[${index}].jsonPath`, jsonPath, why)];
  });
}

function fault(path: string, root: Schema): string | undefined {
  const names = parseSimplePath(path);
  if (names === undefined || path.includes('[')) return 'is an invalid path: array notation is not allowed';
  if (names[0] === 'metadata') return 'must not point to fields in metadata';
  const found = names.reduce<Schema | undefined>((at, name) => (at === undefined ? at : propertyOf(at, name)), root);
  if (found === undefined) return 'is an invalid path: does not refer to a valid field';
  return SELECTABLE.has(found.type ?? '')
    ? undefined
    : 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
}
