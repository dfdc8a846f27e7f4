import { CelError } from '../values/cel-error.ts';
import { Duration, Timestamp } from '../values/cel-time.ts';
import type { CelValue } from '../values/cel-value.ts';
import { sizeOf } from '../values/size.ts';
import { typeOfValue } from '../values/type-of-value.ts';
import { TypeValue } from '../values/type-value.ts';
import { Uint } from '../values/uint.ts';
import { overload, traversal, type Overload, type OverloadOptions } from './overload.ts';
import * as receive from './receive.ts';

const NANOS = 1_000_000_000n;
/** Of 64 bits; reading more of them takes more than linear time. */
const MAX_DIGITS = 20;

const throughText: OverloadOptions = {
  cost: ([size = 0]) => traversal(size),
  resultSize: ([size]) => ({ min: 0, max: (size?.max ?? 0) * 4 }),
};
const shortText: OverloadOptions = { resultSize: () => ({ min: 1, max: 32 }) };

const ints: readonly Overload[] = [
  overload('int', '(int): int', ([a]) => receive.int(a)),
  overload('int', '(uint): int', ([a]) => receive.checkedInt(receive.uint(a))),
  overload('int', '(double): int', ([a]) => intOfDouble(receive.double(a))),
  overload('int', '(string): int', ([a]) => intOfText(receive.string(a))),
  overload('int', '(timestamp): int', ([a]) => receive.timestamp(a).seconds),
  overload('int', '(duration): int', ([a]) => receive.duration(a).nanos),
  overload('uint', '(uint): uint', ([a]) => receive.checkedUint(receive.uint(a))),
  overload('uint', '(int): uint', ([a]) => receive.checkedUint(receive.int(a))),
  overload('uint', '(double): uint', ([a]) => uintOfDouble(receive.double(a))),
  overload('uint', '(string): uint', ([a]) => uintOfText(receive.string(a))),
];

const doubles: readonly Overload[] = [
  overload('double', '(double): double', ([a]) => receive.double(a)),
  overload('double', '(int): double', ([a]) => Number(receive.int(a))),
  overload('double', '(uint): double', ([a]) => Number(receive.uint(a))),
  overload('double', '(string): double', ([a]) => doubleOfText(receive.string(a))),
];

const strings: readonly Overload[] = [
  overload('string', '(string): string', ([a]) => receive.string(a), {
    resultSize: ([size = { min: 0, max: 0 }]) => size,
  }),
  overload('string', '(bool): string', ([a]) => String(receive.bool(a)), shortText),
  overload('string', '(int): string', ([a]) => String(receive.int(a)), shortText),
  overload('string', '(uint): string', ([a]) => String(receive.uint(a)), shortText),
  overload('string', '(double): string', ([a]) => textOfDouble(receive.double(a)), shortText),
  overload('string', '(timestamp): string', ([a]) => receive.timestamp(a).toString(), shortText),
  overload('string', '(duration): string', ([a]) => receive.duration(a).toString(), shortText),
  overload('string', '(bytes): string', ([a]) => textOfBytes(receive.bytes(a)), throughText),
  overload('bytes', '(bytes): bytes', ([a]) => receive.bytes(a), { resultSize: ([size = { min: 0, max: 0 }]) => size }),
  overload('bytes', '(string): bytes', ([a]) => Buffer.from(receive.string(a)), throughText),
];

const others: readonly Overload[] = [
  overload('bool', '(bool): bool', ([a]) => receive.bool(a)),
  overload('bool', '(string): bool', ([a]) => boolOfText(receive.string(a))),
  overload('timestamp', '(timestamp): timestamp', ([a]) => receive.timestamp(a)),
  overload('timestamp', '(int): timestamp', ([a]) => new Timestamp(receive.int(a) * NANOS)),
  overload('timestamp', '(string): timestamp', ([a]) => Timestamp.parse(receive.string(a))),
  overload('duration', '(duration): duration', ([a]) => receive.duration(a)),
  overload('duration', '(int): duration', ([a]) => new Duration(receive.int(a))),
  overload('duration', '(string): duration', ([a]) => Duration.parse(receive.string(a))),
  overload('dyn', '(A): dyn', ([a]) => receive.any(a), { resultSize: ([size = { min: 0, max: 0 }]) => size }),
  overload('type', '(A): type(A)', ([a]) => new TypeValue(typeOfValue(receive.any(a)))),
];

const sizes: readonly Overload[] = ['string', 'bytes', 'list(A)', 'map(A, B)'].flatMap((type) => [
  overload('size', `(${type}): int`, ([a]) => size(receive.any(a))),
  overload('size', `${type}.(): int`, ([a]) => size(receive.any(a))),
]);

export const CONVERSIONS: readonly Overload[] = [...ints, ...doubles, ...strings, ...others, ...sizes];

function size(value: CelValue): bigint {
  return BigInt(sizeOf(value) ?? 0);
}

function intOfDouble(value: number): bigint {
  if (!(value > -(2 ** 63)) || !(value < 2 ** 63)) throw new CelError('integer overflow');
  return BigInt(Math.trunc(value));
}

function uintOfDouble(value: number): Uint {
  if (!(value >= 0) || !(value < 2 ** 64)) throw new CelError('unsigned integer overflow');
  return new Uint(BigInt(Math.trunc(value)));
}

function intOfText(text: string): bigint {
  const [, sign = '', digits] = /^([+-]?)0*(\d+)$/.exec(text) ?? [];
  if (digits === undefined) throw cannotConvert(text, 'int');
  if (digits.length > MAX_DIGITS) throw new CelError('integer overflow');
  return receive.checkedInt(sign === '-' ? -BigInt(digits) : BigInt(digits));
}

function uintOfText(text: string): Uint {
  const [, digits] = /^0*(\d+)$/.exec(text) ?? [];
  if (digits === undefined) throw cannotConvert(text, 'uint');
  if (digits.length > MAX_DIGITS) throw new CelError('unsigned integer overflow');
  return receive.checkedUint(BigInt(digits));
}

function doubleOfText(text: string): number {
  if (/^[+-]?(inf|infinity)$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw cannotConvert(text, 'double');
  return Number(text);
}

function boolOfText(text: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw cannotConvert(text, 'bool');
}

function textOfDouble(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

function textOfBytes(value: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch (cause) {
    throw new CelError(`invalid UTF-8 in bytes, cannot convert to string: ${String(cause)}`);
  }
}

function cannotConvert(text: string, type: string): CelError {
  return new CelError(`type conversion error from 'string' to '${type}': ${JSON.stringify(text)}`);
}
