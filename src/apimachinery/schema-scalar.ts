import { ExactInteger } from './exact-integer.ts';
import { isNumber } from './json.ts';
import { canonicalQuantity, QUANTITY_PROBLEM } from './quantity.ts';
import { cannotUnmarshal, cannotUnmarshalValue, SchemaMismatch, type GoField } from './schema-mismatch.ts';
import type { FieldType } from './schema.ts';
import { formatMicroTime, formatTime, parseTime } from './time.ts';

const MAX_INT_32 = 2 ** 31 - 1;
const MAX_INT_64 = 2 ** 63;

/** A value of a type without fields as Go would write it again. Throws `SchemaMismatch`. */
export function readScalar(value: unknown, type: FieldType, field: GoField): unknown {
  switch (type.kind) {
    case 'time':
    case 'microTime':
      return readTime(value, type.kind === 'microTime');
    case 'quantity':
      return readQuantity(value);
    case 'intOrString':
      return readIntOrString(value);
    case 'duration':
      return readText(value);
    case 'rawExtension':
    case 'fieldsV1':
    case 'json':
      return value;
    default:
      if (!hasType(value, type)) throw cannotUnmarshal(value, type, field);
      return type.kind === 'bytes' ? readBase64(value) : type.kind === 'double' ? Number(value) : value;
  }
}

/** As Go writes it; `null` for what has no zero but being absent. */
export function zeroScalar({ kind }: FieldType): unknown {
  switch (kind) {
    case 'string':
    case 'bytes':
      return '';
    case 'duration':
      return '0s';
    case 'boolean':
      return false;
    case 'int32':
    case 'int64':
    case 'double':
    case 'intOrString':
      return 0;
    case 'quantity':
      return '0';
    default:
      return null;
  }
}

function hasType(value: unknown, type: FieldType): boolean {
  switch (type.kind) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'int32':
      return isInteger(value, MAX_INT_32);
    case 'int64':
      return value instanceof ExactInteger || isInteger(value, MAX_INT_64);
    case 'double':
      return isNumber(value);
    default:
      return typeof value === 'string';
  }
}

function isInteger(value: unknown, max: number): boolean {
  return Number.isInteger(value) && Math.abs(Number(value)) <= max + 1;
}

const SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const MICROSECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const LAYOUTS = { seconds: '2006-01-02T15:04:05Z07:00', micro: '2006-01-02T15:04:05.000000Z07:00' };

function readText(value: unknown): string {
  if (typeof value !== 'string') throw cannotUnmarshalValue(value, 'string');
  return value;
}

function readIntOrString(value: unknown): unknown {
  if (typeof value !== 'string' && !isInteger(value, MAX_INT_32)) throw cannotUnmarshalValue(value, 'int32');
  return value;
}

function readTime(given: unknown, micro: boolean): string {
  const value = readText(given);
  const ms = parseTime(value);
  if (ms === undefined) {
    const layout = micro ? LAYOUTS.micro : LAYOUTS.seconds;
    throw new SchemaMismatch(
      `parsing time ${JSON.stringify(value)} as "${layout}": cannot parse ${JSON.stringify(value)} as "2006"`,
    );
  }
  if ((micro ? MICROSECONDS : SECONDS).test(value)) return value;
  return micro ? formatMicroTime(ms) : formatTime(ms);
}

function readQuantity(value: unknown): string {
  if (typeof value !== 'string' && !isNumber(value)) throw new SchemaMismatch(QUANTITY_PROBLEM);
  try {
    return canonicalQuantity(String(value));
  } catch (cause) {
    throw new SchemaMismatch(QUANTITY_PROBLEM, { cause });
  }
}

const BASE_64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function readBase64(value: unknown): unknown {
  // Go skips line breaks in base64.
  const text = String(value).replaceAll(/[\r\n]/g, '');
  if (BASE_64.test(text)) return value;
  const end = text.search(/[^A-Za-z0-9+/]/);
  throw new SchemaMismatch(`illegal base64 data at input byte ${end === -1 ? text.length - (text.length % 4) : end}`);
}
