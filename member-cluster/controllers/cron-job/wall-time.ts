const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** What clocks show in some place. */
export interface WallClock {
  /** From UTC to what they show at this instant. */
  offsetMs(at: number): number;
}

const utc: WallClock = { offsetMs: () => 0 };

/** Of UTC where no zone is named. Throws `RangeError` for a zone that nobody knows. */
export function wallClock(timeZone: string | undefined): WallClock {
  if (timeZone === undefined) return utc;
  const units = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;
  const numeric = Object.fromEntries(units.map((unit) => [unit, 'numeric']));
  const format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...numeric });
  return {
    offsetMs(at) {
      const parts = format.formatToParts(at);
      const [year = 0, month = 1, ...rest] = units.map((unit) =>
        Number(parts.find(({ type }) => type === unit)?.value),
      );
      return Date.UTC(year, month - 1, ...rest) - Math.floor(at / 1000) * 1000;
    },
  };
}

/** The first minute after `from` and not after `to` at which clocks have been set. They must have been in between. */
export function nextChange(clock: WallClock, from: number, to: number): number {
  const before = clock.offsetMs(from);
  let [low, high] = [from, Math.min(from + DAY_MS, to)];
  while (high < to && clock.offsetMs(high) === before) [low, high] = [high, Math.min(high + DAY_MS, to)];
  while (high - low > MINUTE_MS) {
    const middle = low + Math.floor((high - low) / 2 / MINUTE_MS) * MINUTE_MS;
    if (clock.offsetMs(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}
