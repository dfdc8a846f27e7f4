import { noSuchOverload } from './cel-error.ts';
import { Duration, Timestamp } from './cel-time.ts';
import type { CelInstance, CelValue } from './cel-value.ts';
import { Uint } from './uint.ts';

interface SelfOrdering extends CelInstance {
  compareTo(other: CelValue): number;
}

/** Below, at or above zero; NaN when either is NaN. Throws `CelError` for what has no order. */
export function compare(a: CelValue, b: CelValue): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  const numbers = numbersOf(a, b);
  if (numbers !== undefined) return compareNumbers(...numbers);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  if (isSelfOrdering(a)) return a.compareTo(b);
  throw noSuchOverload();
}

/** What two values of comparable types count. */
function numbersOf(a: CelValue, b: CelValue): readonly [bigint | number, bigint | number] | undefined {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined && right !== undefined) return [left, right];
  if (typeof a === 'boolean' && typeof b === 'boolean') return [Number(a), Number(b)];
  if (a instanceof Timestamp && b instanceof Timestamp) return [a.nanos, b.nanos];
  return a instanceof Duration && b instanceof Duration ? [a.nanos, b.nanos] : undefined;
}

/** By code points: UTF-16 order differs from it beyond the first plane. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  if (!/[\ud800-\udfff]/.test(a) && !/[\ud800-\udfff]/.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function numberOf(value: CelValue): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value instanceof Uint ? value.value : undefined;
}

function compareNumbers(a: bigint | number, b: bigint | number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : 0;
}

function isSelfOrdering(value: CelValue): value is SelfOrdering {
  return typeof value === 'object' && value !== null && 'compareTo' in value;
}
