import type { FieldError, KubeObject } from '../../apimachinery/index.ts';
import type { ReadContent } from '../../apiserver/index.ts';
import { withDefaults } from './defaults.ts';
import { validateListTypes } from './list-types.ts';
import { prune } from './prune.ts';
import type { Schema } from './schema.ts';
import { validateChange, validateValue } from './validate.ts';

/** What a schema does to whole objects of its kind. */
export interface CustomSchema {
  /** Without unknown fields, which are told of. */
  read(object: KubeObject): ReadContent;
  /** Without unknown fields, and with what is said by saying nothing. The same instance when that is all there. */
  complete(object: KubeObject): KubeObject;
  /** `old`: what a change is made of. */
  validate(object: KubeObject, old?: KubeObject): readonly FieldError[];
}

export function customSchema(schema: Schema): CustomSchema {
  const read = (object: KubeObject): ReadContent => {
    const { value, unknownFields } = prune({ ...object }, schema);
    // @NOTE pruning keeps apiVersion, kind and metadata.
    return { object: unknownFields.length === 0 ? object : (value as unknown as KubeObject), unknownFields };
  };
  return {
    read,
    complete: (object) => {
      const known = read(object).object;
      const fields = { ...known };
      const completed = withDefaults(fields, schema);
      // @NOTE defaults of metadata are refused, so apiVersion, kind and metadata are as they were.
      return completed === fields ? known : (completed as unknown as KubeObject);
    },
    validate: (object, old) =>
      old === undefined
        ? [...validateValue(object, schema), ...validateListTypes(object, schema)]
        : [...validateChange(object, old, schema), ...listTypeErrors(schema, object, old)],
  };
}

/** Whoever has had duplicates may keep them, until there are none. */
function listTypeErrors(schema: Schema, object: KubeObject, old: KubeObject): readonly FieldError[] {
  const errors = validateListTypes(object, schema);
  return errors.length === 0 || validateListTypes(old, schema).length > 0 ? [] : errors;
}
