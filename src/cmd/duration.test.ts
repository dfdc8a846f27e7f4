import { expect, it } from 'vitest';
import { durationMs } from './duration.ts';

it.each([
  ['90s', 90_000],
  ['1m30s', 90_000],
  ['1.5h', 5_400_000],
  ['500ms', 500],
  ['60', 60_000],
  ['0', 0],
])('reads %s', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

it.each(['', 's', '5d', '-1s', '1m-30s', '1 m', 'soon'])('refuses %j', (text) => {
  expect(() => durationMs(text)).toThrow('a duration such as');
});
