import type { CostRange } from '../contract.ts';

export const ZERO: CostRange = { min: 0, max: 0 };
export const UNBOUNDED: CostRange = { min: 0, max: Infinity };

export function fixed(value: number): CostRange {
  return { min: value, max: value };
}

export function plus(...ranges: readonly CostRange[]): CostRange {
  return ranges.reduce((sum, { min, max }) => ({ min: sum.min + min, max: sum.max + max }), ZERO);
}

export function times(a: CostRange, b: CostRange): CostRange {
  return { min: product(a.min, b.min), max: product(a.max, b.max) };
}

export function either(a: CostRange, b: CostRange): CostRange {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

/** Nothing of something unbounded is nothing. */
function product(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}
