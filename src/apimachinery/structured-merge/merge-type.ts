import { isList, isObject } from '../json.ts';

/** How values of a type are owned and merged: as one, or part by part. */
export type MergeType = Scalar | Atomic | Deduced | GranularMap | ScalarSet | KeyedList;

export interface Scalar {
  readonly kind: 'scalar';
  readonly of: 'string' | 'numeric' | 'boolean' | 'untyped';
}

/** A list, a map or anything else that changes as a whole. `of`: what it has to be; absent: anything. */
export interface Atomic {
  readonly kind: 'atomic';
  readonly of?: 'map' | 'list';
}

/** No schema: objects are owned field by field, everything else as a whole. */
export interface Deduced {
  readonly kind: 'deduced';
}

/** An object whose fields have owners of their own. */
export interface GranularMap {
  readonly kind: 'map';
  /** A field that the schema names. */
  field(name: string): MergeField | undefined;
  /** The type of fields that the schema does not name; absent: there are none. */
  readonly values?: MergeType;
}

export interface MergeField {
  /** Its path element. */
  readonly element: string;
  readonly type: MergeType;
  /**
   * It is there, empty, whenever its object is: a Go struct that is no pointer, a list that is not left out. Its being
   * absent is no difference, and nobody owns that it is there.
   */
  readonly always: boolean;
}

/** A list of scalars without order or repetition. */
export interface ScalarSet {
  readonly kind: 'set';
}

/** A list of objects that are told apart by key fields. */
export interface KeyedList {
  readonly kind: 'list';
  readonly keys: readonly string[];
  /** What an absent key field means. */
  readonly defaults: Readonly<Record<string, string | number | boolean>>;
  readonly items: MergeType;
}

export const ATOMIC: Atomic = { kind: 'atomic' };
export const DEDUCED: Deduced = { kind: 'deduced' };
/** Objects without a schema. */
export const UNTYPED_OBJECT: GranularMap = { kind: 'map', field: () => undefined, values: DEDUCED };

/** The type that counts for a value: a type without schema is what the value looks like. */
export function typeFor(type: MergeType, value: unknown): Exclude<MergeType, Deduced> {
  if (type.kind !== 'deduced') return type;
  return isObject(value) ? UNTYPED_OBJECT : ATOMIC;
}

export type Container = GranularMap | ScalarSet | KeyedList;

/** `undefined`: the value is a leaf, owned as a whole. */
export function containerFor(type: MergeType, value: unknown): Container | undefined {
  const actual = typeFor(type, value);
  if (actual.kind === 'scalar' || actual.kind === 'atomic') return undefined;
  return (actual.kind === 'map' ? isObject(value) : isList(value)) ? actual : undefined;
}

/** The type and element of a field. */
export function fieldOf(map: GranularMap, name: string): MergeField {
  return map.field(name) ?? { element: `f:${name}`, type: map.values ?? DEDUCED, always: false };
}
