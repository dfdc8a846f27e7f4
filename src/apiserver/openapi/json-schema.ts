import type { FieldSchema, FieldType, TypeSchema, TypeTable } from '../../apimachinery/index.ts';
import { descriptionOf } from './descriptions.ts';
import { schemaReference } from './model-name.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A parameter of a query. */
export interface Query {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean';
}

const META = 'k8s.io/apimachinery/pkg/apis/meta/v1.';
const EXTENSIONS = 'k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.';

/** Types that are no plain objects in JSON, under their published names. */
const SPECIAL: Readonly<Record<string, JsonSchema>> = {
  [`${META}Time`]: { type: 'string', format: 'date-time' },
  [`${META}MicroTime`]: { type: 'string', format: 'date-time' },
  [`${META}Duration`]: { type: 'string' },
  [`${META}FieldsV1`]: { type: 'object' },
  'k8s.io/apimachinery/pkg/api/resource.Quantity': { oneOf: [{ type: 'string' }, { type: 'number' }] },
  'k8s.io/apimachinery/pkg/util/intstr.IntOrString': {
    format: 'int-or-string',
    oneOf: [{ type: 'integer' }, { type: 'string' }],
  },
  'k8s.io/apimachinery/pkg/runtime.RawExtension': { type: 'object' },
  [`${EXTENSIONS}JSON`]: {},
  [`${EXTENSIONS}JSONSchemaPropsOrArray`]: {},
  [`${EXTENSIONS}JSONSchemaPropsOrBool`]: {},
  [`${EXTENSIONS}JSONSchemaPropsOrStringArray`]: {},
  [`${META}Patch`]: { type: 'object' },
};

/** Published, and so referred to, by name. */
const NAMES = {
  time: `${META}Time`,
  microTime: `${META}MicroTime`,
  duration: `${META}Duration`,
  fieldsV1: `${META}FieldsV1`,
  quantity: 'k8s.io/apimachinery/pkg/api/resource.Quantity',
  intOrString: 'k8s.io/apimachinery/pkg/util/intstr.IntOrString',
  rawExtension: 'k8s.io/apimachinery/pkg/runtime.RawExtension',
  json: `${EXTENSIONS}JSON`,
} as const;

/** Writes a schema that may refer to others by the names of their types. */
export type WriteSchema = (reference: (typeName: string) => JsonSchema) => JsonSchema;

/** Turns types of the tables into JSON schemas, and remembers which others these refer to. */
export class SchemaWriter {
  readonly #table: TypeTable;
  readonly #others: ReadonlyMap<string, WriteSchema>;
  readonly #referenced = new Set<string>();

  /** `others`: schemas, by name, of types that are not in the table. */
  constructor(table: TypeTable, others: ReadonlyMap<string, WriteSchema> = new Map()) {
    this.#table = table;
    this.#others = others;
  }

  /** Whether there is a type of this name. */
  has(typeName: string): boolean {
    return this.#others.has(typeName) || this.#table.get(typeName) !== undefined;
  }

  reference(typeName: string): { readonly $ref: string } {
    this.#referenced.add(typeName);
    return schemaReference(typeName);
  }

  /** The fields of a type as what a query may hold; none when there is no such type. */
  queryOf(typeName: string): readonly Query[] {
    const type = this.#table.get(typeName);
    const fields = type === undefined ? [] : this.#fieldsOf(type).filter(({ number }) => number > 0);
    return fields.map((field) => ({ name: field.name, type: queryTypeOf(field.type) }));
  }

  /** Schemas of all that was referred to, and of all that those refer to, by type name. */
  components(): ReadonlyMap<string, JsonSchema> {
    // A set's iteration includes what is added meanwhile.
    return new Map(this.#referenced.values().map((name) => [name, this.#definition(name)]));
  }

  #definition(name: string): JsonSchema {
    const special = SPECIAL[name] ?? this.#others.get(name)?.((other) => this.reference(other));
    if (special !== undefined) return special;
    const type = this.#table.get(name);
    if (type === undefined) throw new TypeError(`the API tables have no type ${name}`);
    const fields = this.#fieldsOf(type);
    const required = fields.filter((field) => field.required).map((field) => field.name);
    return {
      type: 'object',
      ...(fields.length === 0
        ? {}
        : {
            properties: Object.fromEntries(
              fields.map((field) => [field.name, this.#property(field, descriptionOf(name, field.name))]),
            ),
          }),
      ...(required.length === 0 ? {} : { required }),
      ...(type.mapType === undefined ? {} : { 'x-kubernetes-map-type': type.mapType }),
    };
  }

  /** With those of inline types in place. */
  #fieldsOf(type: TypeSchema): readonly FieldSchema[] {
    return type.fields.flatMap((field) => {
      if (!field.inline || field.type.kind !== 'ref') return [field];
      const inlined = this.#table.get(field.type.name);
      return inlined === undefined ? [] : this.#fieldsOf(inlined);
    });
  }

  #property(field: FieldSchema, description: string | undefined): JsonSchema {
    const annotations = {
      description,
      'x-kubernetes-list-type': field.listType,
      'x-kubernetes-list-map-keys': field.listMapKeys,
      'x-kubernetes-map-type': field.mapType,
      'x-kubernetes-patch-strategy': field.patchStrategies?.join(','),
      'x-kubernetes-patch-merge-key': field.patchMergeKey,
      default: field.default,
    };
    const present = Object.entries(annotations).filter(([, value]) => value !== undefined);
    const type = field.pointer ? this.#ofType(field.type) : this.#ofElement(field.type);
    const annotated = present.length > 0 && '$ref' in type ? { allOf: [type] } : type;
    return { ...annotated, ...Object.fromEntries(present) };
  }

  /** A struct that is no pointer is never absent for Go: an empty one is its default. */
  #ofElement(type: FieldType): JsonSchema {
    const schema = this.#ofType(type);
    return type.kind === 'ref' ? { allOf: [schema], default: {} } : schema;
  }

  #ofType(type: FieldType): JsonSchema {
    switch (type.kind) {
      case 'string':
      case 'boolean':
        return { type: type.kind };
      case 'int32':
      case 'int64':
        return { type: 'integer', format: type.kind };
      case 'double':
        return { type: 'number', format: type.kind };
      case 'bytes':
        return { type: 'string', format: 'byte' };
      case 'list':
        return { type: 'array', items: this.#ofElement(type.items) };
      case 'map':
        return { type: 'object', additionalProperties: this.#ofElement(type.values) };
      case 'ref':
        return this.reference(type.name);
      default:
        return this.reference(NAMES[type.kind]);
    }
  }
}

/** One that may be given more than once is of the type of each. */
function queryTypeOf(type: FieldType): Query['type'] {
  switch (type.kind) {
    case 'boolean':
      return 'boolean';
    case 'int32':
    case 'int64':
      return 'integer';
    case 'list':
      return queryTypeOf(type.items);
    default:
      return 'string';
  }
}
