import { configKeyProblems, forbiddenField, tooLong, type FieldError } from '../../apimachinery/index.ts';
import { deepEqual } from '../../apimachinery/index.ts';
import { invalidBy } from '../field-rules.ts';

/** Of all values of one ConfigMap or Secret. */
const MAX_DATA_BYTES = 1024 * 1024;

type Data = Readonly<Record<string, string>>;

export function validateKeys(field: string, data: Data | undefined): readonly FieldError[] {
  return Object.keys(data ?? {}).flatMap((key) => invalidBy(`${field}[${key}]`, key, configKeyProblems(key)));
}

export function validateSize(field: string, bytes: number): readonly FieldError[] {
  return bytes > MAX_DATA_BYTES ? [tooLong(field, MAX_DATA_BYTES)] : [];
}

export function textBytes(data: Data | undefined): number {
  return Object.values(data ?? {}).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

export function decodedBytes(data: Data | undefined): number {
  return Object.values(data ?? {}).reduce((sum, text) => sum + Buffer.byteLength(text, 'base64'), 0);
}

interface Immutable {
  readonly immutable?: boolean;
  readonly data?: Data;
  readonly binaryData?: Data;
}

/** An object once `immutable` stays so, with the data it has. */
export function validateImmutability(object: Immutable, old: Immutable): readonly FieldError[] {
  if (old.immutable !== true) return [];
  const why = 'field is immutable when `immutable` is set';
  const changed = [
    ...(object.immutable === true ? [] : ['immutable']),
    ...(deepEqual(object.data ?? {}, old.data ?? {}) ? [] : ['data']),
    ...(deepEqual(object.binaryData ?? {}, old.binaryData ?? {}) ? [] : ['binaryData']),
  ];
  return changed.map((field) => forbiddenField(field, why));
}

export const dataCount = (...maps: readonly (Data | undefined)[]) =>
  maps.reduce((sum, data) => sum + Object.keys(data ?? {}).length, 0);
