import { expect, it } from 'vitest';
import { requestTimeoutMs } from './request-timeout.ts';

const ofTimeout = (timeout: string) => requestTimeoutMs(new URLSearchParams({ timeout }));

it.each([
  ['', 60_000],
  ['0', 60_000],
  ['0s', 60_000],
  ['32s', 32_000],
  ['1.5s', 1500],
  ['1m1s', 60_000],
  ['2h', 60_000],
  ['1s250ms', 1250],
])('gives %j its time, a minute at most', (timeout, ms) => {
  expect(ofTimeout(timeout)).toBe(ms);
});

it.each(['5', '-1s', 'soon', '1s ', 's'])('takes %j for no duration', (timeout) => {
  expect(ofTimeout(timeout)).toBeUndefined();
});
