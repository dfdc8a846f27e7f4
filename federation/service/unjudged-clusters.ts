import type { Service } from '../../src/apis/index.ts';
import { annotations } from '../apis/index.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
const LONGEST_MS = 7 * 24 * 3_600_000;

/** `keep`, or a time such as `90s`, `5m`, `1h`; `undefined` for anything else. */
function parse(text: string): number | undefined {
  if (text === 'keep') return Infinity;
  const [, digits, unit = ''] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const ms = Number(digits) * (UNITS[unit] ?? NaN);
  return ms <= LONGEST_MS ? ms : undefined;
}

/** How long a Service keeps a cluster that nobody can judge in its answers while others serve; `usualMs` where it does not say. */
export function unjudgedWithdrawMs({ metadata }: Service, usualMs: number): number {
  const text = metadata.annotations?.[annotations.unjudgedClusters];
  return (text === undefined ? undefined : parse(text)) ?? usualMs;
}

/** What is wrong with what a Service says of it; empty when nothing is. */
export function unjudgedClustersProblem({ metadata }: Service): string {
  const text = metadata.annotations?.[annotations.unjudgedClusters];
  if (text === undefined || parse(text) !== undefined) return '';
  return `${annotations.unjudgedClusters}: ${JSON.stringify(text)} is neither keep nor a time such as 90s, 5m or 1h of a week at most`;
}
