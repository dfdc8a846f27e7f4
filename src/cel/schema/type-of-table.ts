import type { FieldSchema, FieldType, TypeTable } from '../../apimachinery/index.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  STRING,
  TIMESTAMP,
  type CelField,
  type CelObjectType,
  type CelType,
} from '../cel-type.ts';
import { escapeFieldName } from './escape.ts';

/** The type of a built-in kind, by its name in the API tables; dyn for a name that they do not have. */
export function celTypeOfTable(table: TypeTable, typeName: string): CelType {
  return new TableTypes(table).named(typeName);
}

/** Fields are read when they are first asked for: types refer to each other in circles. */
class TableTypes {
  readonly #table: TypeTable;
  readonly #known = new Map<string, CelType>();

  constructor(table: TypeTable) {
    this.#table = table;
  }

  named(name: string): CelType {
    const known = this.#known.get(name) ?? this.#make(name);
    this.#known.set(name, known);
    return known;
  }

  #make(name: string): CelType {
    if (this.#table.get(name) === undefined) return DYN;
    const read: { fields?: ReadonlyMap<string, CelField> } = {};
    const type: CelObjectType = {
      kind: 'object',
      name,
      field: (field) => (read.fields ??= this.#fields(name)).get(field),
    };
    return type;
  }

  #fields(typeName: string): ReadonlyMap<string, CelField> {
    const fields = this.#table.get(typeName)?.fields ?? [];
    return new Map(fields.flatMap((field) => this.#entries(field)));
  }

  #entries(field: FieldSchema): readonly (readonly [string, CelField])[] {
    if (field.inline && field.type.kind === 'ref') return [...this.#fields(field.type.name)];
    const escaped = escapeFieldName(field.name);
    return escaped === undefined ? [] : [[escaped, { name: field.name, type: this.#type(field.type) }]];
  }

  #type(type: FieldType): CelType {
    switch (type.kind) {
      case 'list':
        return { kind: 'list', items: this.#type(type.items) };
      case 'map':
        return { kind: 'map', keys: STRING, values: this.#type(type.values) };
      case 'ref':
        return this.named(type.name);
      default:
        return SCALARS[type.kind];
    }
  }
}

const SCALARS: Readonly<Record<Exclude<FieldType['kind'], 'list' | 'map' | 'ref'>, CelType>> = {
  string: STRING,
  boolean: BOOL,
  int32: INT,
  int64: INT,
  double: DOUBLE,
  bytes: BYTES,
  time: TIMESTAMP,
  microTime: TIMESTAMP,
  duration: DURATION,
  quantity: STRING,
  intOrString: DYN,
  rawExtension: DYN,
  fieldsV1: DYN,
  json: DYN,
};
