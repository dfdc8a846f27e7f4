import type { RE2JS } from 're2js';

import type { CelType } from '../cel-type.ts';
import type { CelValue } from '../values/cel-value.ts';
import { parseSignature } from './signature.ts';

/** Sizes as `size()` tells them; 1 for what has none. */
export type CostFormula = (sizes: readonly number[], resultSize: number) => number;

export interface SizeRange {
  readonly min: number;
  readonly max: number;
  /** Of the elements of a list, where they are known. */
  readonly elements?: SizeRange;
}

/** What an evaluation knows that a function may ask for. */
export interface CallContext {
  /** Throws `CostLimitExceeded`. */
  charge(cost: number): void;
  /** A compiled pattern, the same one for the same text. Throws `CelError` for what is no pattern. */
  readonly pattern: (text: string) => RE2JS;
}

export type Implementation = (args: readonly CelValue[], context: CallContext) => CelValue;

export interface Overload {
  readonly name: string;
  readonly parameters: readonly CelType[];
  readonly result: CelType;
  readonly isMember: boolean;
  readonly call: Implementation;
  /** Must not fall when a size grows: it is used with real sizes and with bounds. Absent: 1. */
  readonly cost: CostFormula;
  /** Bounds of the result's size, by the arguments'. */
  readonly resultSize?: (sizes: readonly SizeRange[]) => SizeRange;
}

export interface OverloadOptions {
  readonly cost?: CostFormula;
  readonly resultSize?: (sizes: readonly SizeRange[]) => SizeRange;
}

export function overload(
  name: string,
  signature: string,
  call: Implementation,
  options: OverloadOptions = {},
): Overload {
  const { cost = () => 1, resultSize } = options;
  return { name, ...parseSignature(signature), call, cost, ...(resultSize && { resultSize }) };
}

/** What one pass over the characters of a string costs. */
export function traversal(size: number): number {
  return Math.ceil(size * 0.1);
}

/** A pattern matched against a text; one more than the text, which may be empty. */
export const matchCost: CostFormula = ([text = 0, pattern = 0]) => traversal(text + 1) * Math.ceil(pattern * 0.25);
