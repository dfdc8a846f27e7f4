import { deepEqual, forbiddenField, invalidValue, required, type FieldError } from '../../apimachinery/index.ts';
import { broken } from './broken.ts';
import { patternFault } from './patterns.ts';
import { additionalSchemaOf, isEmbedded, isPreserving, itemsOf, propertyOf, type Schema } from './schema.ts';

type Level = 'root' | 'item' | 'field';

const EMPTY_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

/** Words that say what a value is, and so may not stand where only conditions on values are stated. */
const SPINE_WORDS = {
  type: 'empty',
  additionalProperties: 'undefined',
  default: 'undefined',
  title: 'empty',
  description: 'empty',
  nullable: 'false',
  'x-kubernetes-preserve-unknown-fields': 'false',
  'x-kubernetes-embedded-resource': 'false',
  'x-kubernetes-int-or-string': 'false',
  'x-kubernetes-list-map-keys': 'empty',
  'x-kubernetes-list-type': 'undefined',
} as const;

/** Why a schema is not structural; nothing when it is. In the order of the fields' names, as upstream tells. */
export function structuralErrors(schema: Schema, field: string): readonly FieldError[] {
  const errors = [...spineErrors(schema, 'root', field), ...completenessErrors(schema, schema, { field, at: field })];
  const text = (error: FieldError) => `${error.field}: ${error.message}`;
  return errors.sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

function spineErrors(schema: Schema, level: Level, field: string): readonly FieldError[] {
  const items = itemsOf(schema);
  const additional = additionalSchemaOf(schema);
  return [
    ...broken(
      [schema.type === 'array' && items === undefined, required(`${field}.items`, 'must be specified')],
      [
        schema.additionalProperties !== undefined && level === 'root',
        forbiddenField(`${field}.additionalProperties`, 'must not be used at the root'),
      ],
    ),
    ...(items === undefined ? [] : spineErrors(items, 'item', `${field}.items`)),
    ...(additional === undefined ? [] : spineErrors(additional, 'field', `${field}.additionalProperties`)),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
      spineErrors(property, 'field', `${field}.properties[${name}]`),
    ),
    ...typeErrors(schema, level, field),
    ...extensionErrors(schema, field),
    ...objectErrors(schema, level, field),
    ...conditionErrors(schema, field, {
      skipAnyOf: isIntOrString(schema.anyOf),
      skipFirstAllOf: true,
      mayHaveRules: true,
    }),
  ];
}

function typeErrors(schema: Schema, level: Level, field: string): readonly FieldError[] {
  const { type = '', 'x-kubernetes-int-or-string': intOrString = false } = schema;
  const at = `${field}.type`;
  if (isEmbedded(schema) && type !== 'object') {
    const why = 'must be object if x-kubernetes-embedded-resource is true';
    return [type === '' ? required(at, why) : invalidValue(at, type, why)];
  }
  return broken(
    [type === '' && !intOrString && !isPreserving(schema), required(at, EMPTY_TYPE[level])],
    [level === 'root' && type !== '' && type !== 'object', invalidValue(at, type, 'must be object at the root')],
  );
}

function extensionErrors(schema: Schema, field: string): readonly FieldError[] {
  const { 'x-kubernetes-int-or-string': intOrString = false } = schema;
  const why = 'must be false if x-kubernetes-int-or-string is true';
  const hasFields = Object.keys(schema.properties ?? {}).length > 0;
  return broken(
    [intOrString && isPreserving(schema), invalidValue(`${field}.x-kubernetes-preserve-unknown-fields`, true, why)],
    [intOrString && isEmbedded(schema), invalidValue(`${field}.x-kubernetes-embedded-resource`, true, why)],
    [
      isEmbedded(schema) && schema.additionalProperties !== undefined,
      forbiddenField(`${field}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set'),
    ],
    [
      isEmbedded(schema) && !isPreserving(schema) && !hasFields,
      required(
        `${field}.properties`,
        'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
      ),
    ],
  );
}

/** What every object has has the types that it has, and the root may say of its metadata only how it may be named. */
function objectErrors(schema: Schema, level: Level, field: string): readonly FieldError[] {
  if (level !== 'root' && !isEmbedded(schema)) return [];
  const wrong = (name: string, wanted: string): readonly FieldError[] => {
    const property = propertyOf(schema, name);
    if (property === undefined || property.type === wanted) return [];
    return [invalidValue(`${field}.properties[${name}].type`, property.type ?? '', `must be ${wanted}`)];
  };
  const metadata = propertyOf(schema, 'metadata');
  const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
  return [
    ...wrong('kind', 'string'),
    ...wrong('apiVersion', 'string'),
    ...wrong('metadata', 'object'),
    ...broken([
      level === 'root' && metadata !== undefined && !restrictsNamesOnly(metadata),
      forbiddenField(`${field}.properties[metadata]`, why),
    ]),
  ];
}

function restrictsNamesOnly(metadata: Schema): boolean {
  const { type: _type, default: _default, properties = {}, ...others } = metadata;
  const names = Object.keys(properties);
  return Object.keys(others).length === 0 && names.every((name) => name === 'name' || name === 'generateName');
}

interface Skipped {
  readonly skipAnyOf: boolean;
  readonly skipFirstAllOf: boolean;
  /** Rules are about values of the spine: beside it they may stand only in its `allOf`. */
  readonly mayHaveRules: boolean;
}

const NOTHING_SKIPPED: Skipped = { skipAnyOf: false, skipFirstAllOf: false, mayHaveRules: false };

/** Conditions on values: `allOf` and its like may repeat the fields of the spine, and not say what they are. */
function conditionErrors(schema: Schema, field: string, skipped: Skipped): readonly FieldError[] {
  const { anyOf = [], allOf = [], oneOf = [], not, pattern = '' } = schema;
  const fault = pattern === '' ? undefined : patternFault(pattern);
  const nested = (word: string, schemas: readonly Schema[]) =>
    schemas.flatMap((child, index) => nestedErrors(child, `${field}.${word}[${index}]`));
  const withinAllOf = (child: Schema, index: number): Skipped => ({
    skipAnyOf: skipped.skipFirstAllOf && index === 0 && isIntOrString(child.anyOf),
    skipFirstAllOf: false,
    mayHaveRules: skipped.mayHaveRules,
  });
  return [
    ...(skipped.skipAnyOf ? [] : nested('anyOf', anyOf)),
    ...allOf.flatMap((child, index) => nestedErrors(child, `${field}.allOf[${index}]`, withinAllOf(child, index))),
    ...nested('oneOf', oneOf),
    ...(not === undefined ? [] : nestedErrors(not, `${field}.not`)),
    ...(fault === undefined
      ? []
      : [invalidValue(`${field}.pattern`, pattern, `must be a valid regular expression, but isn't: ${fault}`)]),
  ];
}

function nestedErrors(schema: Schema, field: string, skipped = NOTHING_SKIPPED): readonly FieldError[] {
  const items = itemsOf(schema);
  return [
    ...conditionErrors(schema, field, skipped),
    ...(items === undefined ? [] : nestedErrors(items, `${field}.items`)),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
      nestedErrors(property, `${field}.properties[${name}]`),
    ),
    ...Object.entries(SPINE_WORDS)
      .filter(([word]) => isSaid(schema, word))
      .map(([word, wanted]) => forbiddenField(`${field}.${word}`, `must be ${wanted} to be structural`)),
    ...broken(
      [
        !skipped.mayHaveRules && (schema['x-kubernetes-validations'] ?? []).length > 0,
        forbiddenField(`${field}.x-kubernetes-validations`, 'must be empty to be structural'),
      ],
      [
        propertyOf(schema, 'metadata') !== undefined,
        forbiddenField(`${field}.properties[metadata]`, 'must not be specified in a nested context'),
      ],
    ),
  ];
}

function isSaid(schema: Schema, word: string): boolean {
  const value: unknown = Object.entries(schema).find(([name]) => name === word)?.[1];
  return value !== undefined && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0);
}

/** The two alternatives by which an int-or-string may be described. */
function isIntOrString(anyOf: readonly Schema[] = []): boolean {
  return deepEqual(anyOf, [{ type: 'integer' }, { type: 'string' }]);
}

/** Fields that conditions speak of must be fields of the spine. */
function completenessErrors(
  conditions: Schema,
  spine: Schema | undefined,
  { field, at }: { readonly field: string; readonly at: string },
): readonly FieldError[] {
  const { allOf = [], anyOf = [], oneOf = [], not } = conditions;
  const parts = [
    ...[...allOf.entries()].map(([index, part]) => [part, `${at}.allOf[${index}]`] as const),
    ...[...anyOf.entries()].map(([index, part]) => [part, `${at}.anyOf[${index}]`] as const),
    ...[...oneOf.entries()].map(([index, part]) => [part, `${at}.oneOf[${index}]`] as const),
    ...(not === undefined ? [] : [[not, `${at}.not`] as const]),
  ];
  const own = conditions === spine ? [] : missingInSpine(conditions, spine, { field, at });
  const below = conditions === spine ? completenessBelow(conditions, field) : [];
  return [...own, ...below, ...parts.flatMap(([part, path]) => completenessErrors(part, spine, { field, at: path }))];
}

function completenessBelow(spine: Schema, field: string): readonly FieldError[] {
  const items = itemsOf(spine);
  const additional = additionalSchemaOf(spine);
  const of = (schema: Schema, path: string) => completenessErrors(schema, schema, { field: path, at: path });
  return [
    ...(items === undefined ? [] : of(items, `${field}.items`)),
    ...(additional === undefined ? [] : of(additional, `${field}.additionalProperties`)),
    ...Object.entries(spine.properties ?? {}).flatMap(([name, property]) =>
      of(property, `${field}.properties[${name}]`),
    ),
  ];
}

function missingInSpine(
  conditions: Schema,
  spine: Schema | undefined,
  { field, at }: { readonly field: string; readonly at: string },
): readonly FieldError[] {
  const items = itemsOf(conditions);
  const spineItems = spine === undefined ? undefined : itemsOf(spine);
  const ofItems =
    items === undefined
      ? []
      : spineItems === undefined
        ? [required(`${field}.items`, `because it is defined in ${at}.items`)]
        : completenessErrors(items, spineItems, { field: `${field}.items`, at: `${at}.items` });
  const ofFields = Object.entries(conditions.properties ?? {}).flatMap(([name, property]) => {
    const known = spine === undefined ? undefined : (propertyOf(spine, name) ?? additionalSchemaOf(spine));
    const paths = { field: `${field}.properties[${name}]`, at: `${at}.properties[${name}]` };
    return known === undefined
      ? [required(paths.field, `because it is defined in ${paths.at}`)]
      : completenessErrors(property, known, paths);
  });
  return [...ofItems, ...ofFields];
}
