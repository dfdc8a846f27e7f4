import { ExactInteger, isList, isObject } from '../../apimachinery/index.ts';
import type { CelListType, CelType } from '../cel-type.ts';
import { DYN } from '../cel-type.ts';
import { CelError } from './cel-error.ts';
import { CelList } from './cel-list.ts';
import { CelMap } from './cel-map.ts';
import { CelStruct } from './cel-struct.ts';
import { Duration, Timestamp } from './cel-time.ts';
import type { CelInstance, CelValue } from './cel-value.ts';
import { Optional } from './optional.ts';
import { Uint } from './uint.ts';

/** Reads JSON as its declared type says. Values pass through. Throws `CelError` for what does not fit. */
export function fromJson(json: unknown, type: CelType): CelValue {
  if (json === null || json === undefined) return null;
  if (isInstance(json) || typeof json === 'bigint' || json instanceof Uint8Array) return json;
  switch (type.kind) {
    case 'object':
      return isObject(json) ? CelStruct.ofJson(type, json, fromJson) : unfit('object', json);
    case 'list':
      return isList(json) ? listOfJson(json, type) : unfit('list', json);
    case 'map':
      return isObject(json) ? CelMap.ofJson(json, (value) => fromJson(value, type.values)) : unfit('map', json);
    default:
      return simpleFromJson(json, type.kind);
  }
}

/** The same of a variable, which may be optional: nothing at all is an optional without a value. */
export function variableFromJson(json: unknown, type: CelType): CelValue {
  if (type.kind !== 'opaque' || type.name !== 'optional_type' || isInstance(json)) return fromJson(json, type);
  return new Optional(json === null || json === undefined ? undefined : fromJson(json, type.parameters[0] ?? DYN));
}

function simpleFromJson(json: unknown, kind: Exclude<CelType['kind'], 'object' | 'list' | 'map'>): CelValue {
  switch (kind) {
    case 'int':
    case 'uint':
    case 'double':
      return numberFromJson(json, kind);
    case 'bool':
      return typeof json === 'boolean' ? json : unfit('bool', json);
    case 'string':
    case 'bytes':
    case 'timestamp':
    case 'duration':
      return typeof json === 'string' ? textFromJson(json, kind) : unfit('string', json);
    case 'null':
      return unfit('null', json);
    default:
      return dynamicFromJson(json);
  }
}

function numberFromJson(json: unknown, kind: 'int' | 'uint' | 'double'): CelValue {
  if (json instanceof ExactInteger) return integerFromJson(json.value, kind);
  if (typeof json !== 'number') return unfit(kind, json);
  if (kind === 'double') return json;
  if (!isInt(json)) return unfit(kind, json);
  return integerFromJson(BigInt(json), kind);
}

function integerFromJson(value: bigint, kind: 'int' | 'uint' | 'double'): CelValue {
  if (kind === 'double') return Number(value);
  return kind === 'int' ? value : new Uint(value);
}

function textFromJson(text: string, kind: 'string' | 'bytes' | 'timestamp' | 'duration'): CelValue {
  switch (kind) {
    case 'string':
      return text;
    case 'bytes':
      return Buffer.from(text, 'base64');
    case 'duration':
      return Duration.parse(text);
    case 'timestamp':
      return Timestamp.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  }
}

/** Whole and within 64 bits: what is larger is a double, as it is to everybody else who reads JSON. */
function isInt(json: number): boolean {
  return Number.isInteger(json) && Math.abs(json) < 2 ** 63;
}

/** As the reference implementation takes JSON without a schema: whole numbers are ints. */
function dynamicFromJson(json: unknown): CelValue {
  switch (typeof json) {
    case 'string':
    case 'boolean':
      return json;
    case 'number':
      return isInt(json) ? BigInt(json) : json;
    default:
      if (json instanceof ExactInteger) return json.value;
      if (isList(json)) return listOfJson(json, LIST_OF_ANYTHING);
      return isObject(json) ? CelMap.ofJson(json, (value) => fromJson(value, DYN)) : unfit('JSON', json);
  }
}

const LIST_OF_ANYTHING: CelListType = { kind: 'list', items: DYN };

function listOfJson(json: readonly unknown[], type: CelListType): CelList {
  return new CelList(json.length, (index) => fromJson(json[index], type.items), type);
}

function isInstance(value: unknown): value is CelInstance {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && isBranded(value);
}

function isBranded(value: object): boolean {
  return Object.getPrototypeOf(value) !== Object.prototype && 'celType' in value;
}

function unfit(expected: string, json: unknown): never {
  throw new CelError(`invalid data, expected ${expected}, got ${Array.isArray(json) ? 'array' : typeof json}`);
}
