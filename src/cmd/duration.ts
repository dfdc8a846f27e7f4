import { InvalidArgumentError } from 'commander';

const UNITS_MS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/** `90s`, `1m30s`, `500ms`, as kubectl's flags have it; a bare number is seconds. */
export function durationMs(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new InvalidArgumentError('It must be a duration such as 90s, 5m or 1h30m.');
  }
  return parts.reduce((sum, [, amount, unit]) => {
    // @NOTE the pattern knows no other units.
    return sum + Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS];
  }, 0);
}
