const SECOND = 1;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** How kubectl writes an age: `45s`, `3m12s`, `7h`, `2d3h`, `400d`, `2y30d`; at most two units, fewer as it grows. */
export function shortDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 2 * MINUTE) return `${seconds}s`;
  if (seconds < 10 * MINUTE) return twoUnits(seconds, [MINUTE, 'm'], [SECOND, 's']);
  if (seconds < 3 * HOUR) return oneUnit(seconds, MINUTE, 'm');
  if (seconds < 8 * HOUR) return twoUnits(seconds, [HOUR, 'h'], [MINUTE, 'm']);
  if (seconds < 2 * DAY) return oneUnit(seconds, HOUR, 'h');
  if (seconds < 8 * DAY) return twoUnits(seconds, [DAY, 'd'], [HOUR, 'h']);
  if (seconds < 2 * YEAR) return oneUnit(seconds, DAY, 'd');
  if (seconds < 8 * YEAR) return twoUnits(seconds, [YEAR, 'y'], [DAY, 'd']);
  return oneUnit(seconds, YEAR, 'y');
}

type Unit = readonly [seconds: number, name: string];

function oneUnit(seconds: number, unit: number, name: string): string {
  return `${Math.floor(seconds / unit)}${name}`;
}

function twoUnits(seconds: number, [large, largeName]: Unit, [small, smallName]: Unit): string {
  const rest = Math.floor((seconds % large) / small);
  return rest === 0 ? oneUnit(seconds, large, largeName) : `${oneUnit(seconds, large, largeName)}${rest}${smallName}`;
}
