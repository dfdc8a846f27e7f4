import { expect, it } from 'vitest';
import { shortDuration } from './short-duration.ts';

const [MINUTE, HOUR, DAY, YEAR] = [60, 3600, 86_400, 365 * 86_400] as const;

it.each([
  [-5, '<invalid>'],
  [-1, '0s'],
  [0, '0s'],
  [45, '45s'],
  [119, '119s'],
  [2 * MINUTE, '2m'],
  [3 * MINUTE + 12, '3m12s'],
  [10 * MINUTE + 5, '10m'],
  [179 * MINUTE, '179m'],
  [3 * HOUR, '3h'],
  [7 * HOUR + 5 * MINUTE, '7h5m'],
  [8 * HOUR + 59, '8h'],
  [47 * HOUR, '47h'],
  [2 * DAY, '2d'],
  [2 * DAY + 3 * HOUR, '2d3h'],
  [8 * DAY + HOUR, '8d'],
  [729 * DAY, '729d'],
  [2 * YEAR, '2y'],
  [2 * YEAR + 30 * DAY, '2y30d'],
  [9 * YEAR, '9y'],
])('%i seconds are %s', (seconds, expected) => {
  expect(shortDuration(seconds * 1000)).toBe(expected);
});
