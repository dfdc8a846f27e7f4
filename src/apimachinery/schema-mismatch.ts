import { isList, isNumber } from './json.ts';
import type { FieldType } from './schema.ts';

/** A value that Go could not read into its field; the message is Go's. */
export class SchemaMismatch extends Error {
  override readonly name = 'SchemaMismatch';
}

/** Where a value stands: `ServiceSpec.spec.ports` is field `ports` of struct ServiceSpec, whose own path is `spec`. */
export interface GoField {
  readonly struct: string;
  /** Without indices and keys of maps. */
  readonly path: string;
}

export function cannotUnmarshal(value: unknown, type: FieldType, field: GoField): SchemaMismatch {
  const where = field.path === '' ? 'Go value' : `Go struct field ${field.struct}.${field.path}`;
  return new SchemaMismatch(`json: cannot unmarshal ${described(value, type)} into ${where} of type ${goType(type)}`);
}

/** Types that read their JSON themselves do not know which field they stand in. */
export function cannotUnmarshalValue(value: unknown, type: string): SchemaMismatch {
  return new SchemaMismatch(`json: cannot unmarshal ${jsonType(value)} into Go value of type ${type}`);
}

function described(value: unknown, type: FieldType): string {
  const wantsInteger = type.kind === 'int32' || type.kind === 'int64';
  return isNumber(value) && wantsInteger ? `number ${String(value)}` : jsonType(value);
}

function jsonType(value: unknown): string {
  if (isList(value)) return 'array';
  if (isNumber(value)) return 'number';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** As Go prints a type: `[]v1.Container`, `map[string]string`. */
function goType(type: FieldType): string {
  switch (type.kind) {
    case 'list':
      return `[]${goType(type.items)}`;
    case 'map':
      return `map[string]${goType(type.values)}`;
    case 'ref':
      return type.name.slice(type.name.lastIndexOf('/') + 1);
    default:
      return SCALARS[type.kind];
  }
}

const SCALARS: Readonly<Record<Exclude<FieldType['kind'], 'list' | 'map' | 'ref'>, string>> = {
  string: 'string',
  boolean: 'bool',
  int32: 'int32',
  int64: 'int64',
  double: 'float64',
  bytes: '[]uint8',
  time: 'v1.Time',
  microTime: 'v1.MicroTime',
  duration: 'v1.Duration',
  quantity: 'resource.Quantity',
  intOrString: 'intstr.IntOrString',
  rawExtension: 'runtime.RawExtension',
  fieldsV1: 'v1.FieldsV1',
  json: 'v1.JSON',
};
