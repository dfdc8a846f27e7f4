import { invalidValue, type FieldError, type KubeObject } from '../../apimachinery/index.ts';
import type { ReadContent } from '../../apiserver/index.ts';
import { withDefaults } from './defaults.ts';
import { embeddedErrors, hasEmbedded, withKnownMetadata } from './embedded.ts';
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

/** What the rules of a schema say of an object. */
export interface SchemaRules {
  validate(object: unknown, old?: unknown): readonly FieldError[];
}

/** `rules`: absent where the schema states none. */
export function customSchema(schema: Schema, rules?: SchemaRules): CustomSchema {
  const embeds = hasEmbedded(schema);
  const read = (object: KubeObject): ReadContent => {
    const pruned = prune({ ...object }, schema);
    const unknownFields = [...pruned.unknownFields];
    const value = embeds ? withKnownMetadata(pruned.value, schema, unknownFields) : pruned.value;
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
    validate: (object, old) => {
      const errors =
        old === undefined
          ? [...validateValue(object, schema), ...shapeErrors(schema, object)]
          : [...validateChange(object, old, schema), ...newShapeErrors(schema, object, old)];
      if (rules === undefined) return errors;
      if (errors.some(({ reason }) => BLOCKING.has(reason))) return [...errors, RULES_SKIPPED];
      return [...errors, ...rules.validate(object, old)];
    },
  };
}

/** Values of which rules could make no sense. */
const BLOCKING: ReadonlySet<string> = new Set<FieldError['reason']>([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

const RULES_SKIPPED = invalidValue(
  '<nil>',
  'null',
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);

/** Whoever has had such faults may keep them, until there are none. */
function newShapeErrors(schema: Schema, object: KubeObject, old: KubeObject): readonly FieldError[] {
  const errors = shapeErrors(schema, object);
  return errors.length === 0 || shapeErrors(schema, old).length > 0 ? [] : errors;
}

function shapeErrors(schema: Schema, object: KubeObject): readonly FieldError[] {
  return [...validateListTypes(object, schema), ...embeddedErrors(object, schema)];
}
