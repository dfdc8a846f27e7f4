/** One figure of a benchmark, as it stands in docs/performance.md. */
export interface Figure {
  readonly what: string;
  readonly value: string;
  /** What it should be, and whether it is; absent where there is no goal. */
  readonly goal?: string;
  readonly met?: boolean;
}

export interface Section {
  readonly title: string;
  /** How it was measured, in a sentence or two. */
  readonly method: string;
  readonly figures: readonly Figure[];
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

export const ms = (value: number) =>
  value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`;

/** Median, p99 and maximum of times in milliseconds, with a goal for one of them. */
export function times(
  what: string,
  values: readonly number[],
  goal: { text: string; met: boolean } | undefined,
): Figure {
  const value = `median ${ms(median(values))}, p99 ${ms(quantile(values, 0.99))}, max ${ms(quantile(values, 1))} (n = ${values.length})`;
  return goal === undefined ? { what, value } : { what, value, goal: goal.text, met: goal.met };
}

export function printSection({ title, method, figures }: Section): void {
  console.log(`\n${title}\n  ${method}`);
  for (const { what, value, goal, met } of figures) {
    console.log(
      `  ${what}: ${value}${goal === undefined ? '' : `   goal ${goal}: ${met === true ? 'met' : 'MISSED'}`}`,
    );
  }
}
