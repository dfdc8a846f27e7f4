/** A type of the language as the checker sees it. Bounds of size ride along, for estimates of cost. */
export type CelType =
  | { readonly kind: ScalarKind }
  /** `maxLength` in the unit of `size()`; absent means unbounded. */
  | { readonly kind: 'string' | 'bytes' | 'timestamp' | 'duration' | 'dyn'; readonly maxLength?: number }
  | CelListType
  | { readonly kind: 'map'; readonly keys: CelType; readonly values: CelType; readonly maxEntries?: number }
  | CelObjectType
  /** A type of a library: `net.IP`, `kubernetes.Quantity`, `optional_type`. */
  | { readonly kind: 'opaque'; readonly name: string; readonly parameters: readonly CelType[] }
  /** The type of a type, as in `type(x) == int`. */
  | { readonly kind: 'type'; readonly of: CelType }
  /** A type parameter of a function's signature. */
  | { readonly kind: 'parameter'; readonly name: string };

type ScalarKind = 'bool' | 'int' | 'uint' | 'double' | 'null';

export interface CelListType {
  readonly kind: 'list';
  readonly items: CelType;
  readonly maxItems?: number;
  /** Sets and maps are equal in any order; `+` merges them. */
  readonly listType?: 'atomic' | 'set' | 'map';
  readonly listMapKeys?: readonly string[];
}

/** An object with known fields. `field` may build lazily, so that recursive types can be told. */
export interface CelObjectType {
  readonly kind: 'object';
  readonly name: string;
  /** By the name that expressions use, which is escaped: see `escapeFieldName`. */
  readonly field: (name: string) => CelField | undefined;
  /** By the name in JSON; absent where the two are always the same. */
  readonly fieldOfJson?: (name: string) => CelField | undefined;
  /** Whether `Name{…}` may be written. */
  readonly constructible?: boolean;
}

export interface CelField {
  /** The name in JSON. */
  readonly name: string;
  readonly type: CelType;
}

export const BOOL: CelType = { kind: 'bool' };
export const INT: CelType = { kind: 'int' };
export const UINT: CelType = { kind: 'uint' };
export const DOUBLE: CelType = { kind: 'double' };
export const NULL: CelType = { kind: 'null' };
export const STRING: CelType = { kind: 'string' };
export const BYTES: CelType = { kind: 'bytes' };
export const TIMESTAMP: CelType = { kind: 'timestamp' };
export const DURATION: CelType = { kind: 'duration' };
export const DYN: CelType = { kind: 'dyn' };

export function listOf(items: CelType): CelType {
  return { kind: 'list', items };
}

export function mapOf(keys: CelType, values: CelType): CelType {
  return { kind: 'map', keys, values };
}

export function opaque(name: string, ...parameters: readonly CelType[]): CelType {
  return { kind: 'opaque', name, parameters };
}

export function optionalOf(type: CelType): CelType {
  return opaque('optional_type', type);
}

export function objectOf(name: string, fields: Readonly<Record<string, CelType>>): CelObjectType {
  const known = new Map(Object.entries(fields).map(([field, type]) => [field, { name: field, type }]));
  return { kind: 'object', name, field: (field) => known.get(field) };
}

/** How messages name a type: `list(int)`, `map(string, dyn)`. */
export function formatType(type: CelType): string {
  switch (type.kind) {
    case 'list':
      return `list(${formatType(type.items)})`;
    case 'map':
      return `map(${formatType(type.keys)}, ${formatType(type.values)})`;
    case 'object':
      return type.name;
    case 'opaque':
      return withParameters(type.name, type.parameters);
    case 'type':
      return `type(${formatType(type.of)})`;
    case 'parameter':
      return type.name;
    case 'timestamp':
      return 'timestamp';
    case 'duration':
      return 'duration';
    default:
      return type.kind;
  }
}

function withParameters(name: string, parameters: readonly CelType[]): string {
  return parameters.length === 0 ? name : `${name}(${parameters.map(formatType).join(', ')})`;
}
