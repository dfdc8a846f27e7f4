import {
  forbiddenField,
  invalidValue,
  isObject,
  notSupported,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import { broken } from './broken.ts';
import { isEmbedded, OBJECT_FIELDS, propertyOf, type Schema } from './schema.ts';

/** Where a schema stands in its definition. */
export interface Position {
  /** Such as `spec.validation.openAPIV3Schema.properties[spec]`. */
  readonly field: string;
  readonly isRoot: boolean;
  readonly insideMeta: boolean;
  /** Why defaults are forbidden here; absent: they are not. */
  readonly noDefaults?: string;
}

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/** What a schema says that no schema of a custom resource may say, here and below. */
export function keywordErrors(schema: Schema, at: Position): readonly FieldError[] {
  return [
    ...unsupportedWords(schema, at),
    ...listErrors(schema, at.field),
    ...childrenOf(schema, at).flatMap(([child, position]) => keywordErrors(child, position)),
  ];
}

function childrenOf(schema: Schema, at: Position): readonly (readonly [Schema, Position])[] {
  const { field } = at;
  const inside: Position = { ...at, isRoot: false };
  const { additionalProperties: additional, not, allOf = [], oneOf = [], anyOf = [], items } = schema;
  const named = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const isMeta = (at.isRoot || isEmbedded(schema)) && OBJECT_FIELDS.has(name);
    const noDefaults = isMeta && at.isRoot ? { noDefaults: `in top-level ${name}` } : {};
    const position = { ...inside, field: `${field}.properties[${name}]`, ...noDefaults };
    return [property, isMeta ? { ...position, insideMeta: true } : position] as const;
  });
  const ofMap = at.insideMeta ? { noDefaults: 'inside additionalProperties applying to object metadata' } : {};
  const listed = (word: string, schemas: readonly Schema[]) =>
    schemas.map((child, index) => [child, { ...inside, field: `${field}.${word}[${index}]` }] as const);
  return [
    ...(typeof additional === 'object'
      ? [[additional, { ...inside, ...ofMap, field: `${field}.additionalProperties` }] as const]
      : []),
    ...named,
    ...(not === undefined ? [] : [[not, { ...inside, field: `${field}.not` }] as const]),
    ...listed('allOf', allOf),
    ...listed('oneOf', oneOf),
    ...listed('anyOf', anyOf),
    // @NOTE what is no list is one schema.
    ...(items === undefined || Array.isArray(items)
      ? []
      : [[items as Schema, { ...inside, field: `${field}.items` }] as const]),
  ];
}

const UNSUPPORTED = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const;

function isSaid(value: unknown): boolean {
  if (isObject(value)) return Object.keys(value).length > 0;
  return value !== undefined && value !== '';
}

function unsupportedWords(schema: Schema, { field, insideMeta, noDefaults }: Position): readonly FieldError[] {
  const { type = '', additionalProperties, properties, default: value } = schema;
  return [
    ...UNSUPPORTED.filter((word) => isSaid(schema[word])).map((word) =>
      forbiddenField(`${field}.${word}`, `${word} is not supported`),
    ),
    ...broken(
      [type !== '' && !TYPES.includes(type) && type !== 'null', notSupported(`${field}.type`, type, TYPES)],
      [type === 'null', forbiddenField(`${field}.type`, 'type cannot be set to null, use nullable as an alternative')],
      [
        value !== undefined && noDefaults !== undefined,
        forbiddenField(`${field}.default`, `must not be set ${noDefaults ?? ''}`),
      ],
      [Array.isArray(schema.items), forbiddenField(`${field}.items`, 'items must be a schema object and not an array')],
      [
        insideMeta && isEmbedded(schema),
        forbiddenField(`${field}.x-kubernetes-embedded-resource`, 'must not be used inside of resource meta'),
      ],
      [
        schema.uniqueItems === true,
        forbiddenField(
          `${field}.uniqueItems`,
          'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
        ),
      ],
      [
        additionalProperties !== undefined && additionalProperties !== true && isSaid(properties),
        forbiddenField(`${field}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'),
      ],
      [
        schema['x-kubernetes-preserve-unknown-fields'] === false,
        invalidValue(`${field}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'),
      ],
    ),
  ];
}

function listErrors(schema: Schema, field: string): readonly FieldError[] {
  const { type = '', 'x-kubernetes-map-type': mapType, 'x-kubernetes-list-type': listType } = schema;
  const { 'x-kubernetes-list-map-keys': keys = [] } = schema;
  return [
    ...ofKind(field, type, { word: 'x-kubernetes-map-type', value: mapType, on: 'object', known: MAP_TYPES }),
    ...ofKind(field, type, { word: 'x-kubernetes-list-type', value: listType, on: 'array', known: LIST_TYPES }),
    ...(keys.length > 0 && listType !== 'map' ? [keysWithoutMap(field, listType)] : []),
    ...(listType === 'map' ? mapListErrors(schema, field, keys) : []),
    ...(listType === 'set' ? setErrors(schema, field) : []),
  ];
}

interface Kind {
  readonly word: string;
  readonly value: string | undefined;
  /** The type that it is said of. */
  readonly on: string;
  readonly known: readonly string[];
}

const MAP_TYPES = ['atomic', 'granular'];
const LIST_TYPES = ['atomic', 'map', 'set'];

function ofKind(field: string, type: string, { word, value, on, known }: Kind): readonly FieldError[] {
  if (value === undefined) return [];
  return [
    ...mustBe(field, type, on, word),
    ...(known.includes(value) ? [] : [notSupported(`${field}.${word}`, value, known)]),
  ];
}

function mustBe(field: string, type: string, wanted: string, because: string): readonly FieldError[] {
  if (type === wanted) return [];
  const why = `must be ${wanted} if ${because} is specified`;
  return [type === '' ? required(`${field}.type`, why) : invalidValue(`${field}.type`, type, why)];
}

function keysWithoutMap(field: string, listType: string | undefined): FieldError {
  const why = 'must be map if x-kubernetes-list-map-keys is non-empty';
  const at = `${field}.x-kubernetes-list-type`;
  return listType === undefined ? required(at, why) : invalidValue(at, listType, why);
}

function setErrors({ items }: Schema, field: string): readonly FieldError[] {
  if (items === undefined || Array.isArray(items)) return [];
  // @NOTE what is no list is one schema.
  const item = items as Schema;
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const { 'x-kubernetes-list-type': list = 'atomic', 'x-kubernetes-map-type': map } = item;
  return broken(
    [item.type === 'array' && list !== 'atomic', invalidValue(`${field}.items.x-kubernetes-list-type`, list, why)],
    [item.type === 'object' && map !== 'atomic', invalidValue(`${field}.items.x-kubernetes-map-type`, map, why)],
    [
      item.nullable === true,
      forbiddenField(`${field}.items.nullable`, 'cannot be nullable when x-kubernetes-list-type is set'),
    ],
  );
}

function mapListErrors({ items }: Schema, field: string, keys: readonly string[]): readonly FieldError[] {
  const noKeys = required(`${field}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map');
  if (items === undefined) {
    const noItems = required(`${field}.items`, 'must have a schema if x-kubernetes-list-type is map');
    return keys.length === 0 ? [noKeys, noItems] : [noItems];
  }
  // @NOTE a list of schemas is refused as such.
  const item = items as Schema;
  const { type = '' } = item;
  if (type !== 'object') {
    return [
      ...broken([keys.length === 0, noKeys]),
      invalidValue(`${field}.items.type`, type, "must be object if parent array's x-kubernetes-list-type is map"),
    ];
  }
  return [
    ...broken(
      [keys.length === 0, noKeys],
      [
        item.nullable === true,
        forbiddenField(`${field}.items.nullable`, 'cannot be nullable when x-kubernetes-list-type is map'),
      ],
      [
        new Set(keys).size < keys.length,
        invalidValue(`${field}.x-kubernetes-list-map-keys`, keys, 'must not contain duplicate entries'),
      ],
    ),
    ...[...new Set(keys)].flatMap((key) => keyErrors(item, field, key, keys)),
  ];
}

function keyErrors(item: Schema, field: string, key: string, keys: readonly string[]): readonly FieldError[] {
  const property = propertyOf(item, key);
  if (property === undefined) {
    const why = 'entries must all be names of item properties';
    return [invalidValue(`${field}.x-kubernetes-list-map-keys`, keys, why)];
  }
  const at = `${field}.items.properties[${key}]`;
  const because = 'this property is in x-kubernetes-list-map-keys, so it';
  return broken(
    [
      property.type === 'array' || property.type === 'object',
      invalidValue(`${at}.type`, item.type, "must be a scalar type if parent array's x-kubernetes-list-type is map"),
    ],
    [
      item.required?.includes(key) !== true && property.default === undefined,
      required(`${at}.default`, `${because} must have a default or be a required property`),
    ],
    [property.nullable === true, forbiddenField(`${at}.nullable`, `${because} cannot be nullable`)],
  );
}
