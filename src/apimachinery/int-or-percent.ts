/** Wire form of `IntOrString`. */
export type IntOrString = number | string;

/**
 * A number, or a percentage of `total`, such as a Deployment's `maxSurge` (rounded up) and `maxUnavailable` (rounded
 * down). Throws an `Error` for any other text.
 */
export function resolveIntOrPercent(value: IntOrString, total: number, rounding: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const [, digits] = /^([+-]?\d+)%$/.exec(value) ?? [];
  if (digits === undefined) {
    throw new Error(
      `invalid value for IntOrString: invalid type: string is not a percentage: ${JSON.stringify(value)}`,
    );
  }
  const exact = (Number(digits) * total) / 100;
  return rounding === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
