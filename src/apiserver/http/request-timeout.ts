const LONGEST_MS = 60_000;
const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 0.001, ns: 0.000_001 };
const DURATION = /^(?:\d+(?:\.\d*)?(?:h|ms|m|s|us|ns))+$/;
const PART = /(\d+(?:\.\d*)?)(h|ms|m|s|us|ns)/g;

/**
 * How long a request may take: a minute, or less where its `timeout` says so, a duration as Go writes it. `undefined`:
 * it is none.
 */
export function requestTimeoutMs(query: URLSearchParams): number | undefined {
  const text = query.get('timeout') ?? '';
  if (text === '' || text === '0') return LONGEST_MS;
  if (!DURATION.test(text)) return undefined;
  let ms = 0;
  for (const [, amount, unit = ''] of text.matchAll(PART)) ms += Number(amount) * (UNIT_MS[unit] ?? 0);
  return ms === 0 ? LONGEST_MS : Math.min(ms, LONGEST_MS);
}
