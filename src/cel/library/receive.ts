import { CelError, noSuchOverload } from '../values/cel-error.ts';
import { CelList } from '../values/cel-list.ts';
import { CelMap } from '../values/cel-map.ts';
import { Duration, Timestamp } from '../values/cel-time.ts';
import type { CelValue } from '../values/cel-value.ts';
import { Uint } from '../values/uint.ts';

/** Arguments as the signature promised them. The check is real where dynamic values have not been checked before. */
export function string(value: CelValue | undefined): string {
  if (typeof value === 'string') return value;
  throw noSuchOverload();
}

export function int(value: CelValue | undefined): bigint {
  if (typeof value === 'bigint') return value;
  throw noSuchOverload();
}

export function uint(value: CelValue | undefined): bigint {
  if (value instanceof Uint) return value.value;
  throw noSuchOverload();
}

export function double(value: CelValue | undefined): number {
  if (typeof value === 'number') return value;
  throw noSuchOverload();
}

export function bool(value: CelValue | undefined): boolean {
  if (typeof value === 'boolean') return value;
  throw noSuchOverload();
}

export function bytes(value: CelValue | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw noSuchOverload();
}

export function list(value: CelValue | undefined): CelList {
  if (value instanceof CelList) return value;
  throw noSuchOverload();
}

export function map(value: CelValue | undefined): CelMap {
  if (value instanceof CelMap) return value;
  throw noSuchOverload();
}

export function timestamp(value: CelValue | undefined): Timestamp {
  if (value instanceof Timestamp) return value;
  throw noSuchOverload();
}

export function duration(value: CelValue | undefined): Duration {
  if (value instanceof Duration) return value;
  throw noSuchOverload();
}

export function any(value: CelValue | undefined): CelValue {
  if (value === undefined) throw noSuchOverload();
  return value;
}

/** A result that fits in 64 bits. */
export function checkedInt(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw new CelError('integer overflow');
  return value;
}

export function checkedUint(value: bigint): Uint {
  if (BigInt.asUintN(64, value) !== value) throw new CelError('unsigned integer overflow');
  return new Uint(value);
}
