import { expect, it } from 'vitest';
import { keepLimits } from './keep-limits.ts';

const federations = new Map([['myfed', 'example.com']]);
const limits = { successSeconds: 3600, denialSeconds: 2, staleSeconds: 60 };

it.each<[string, number]>([
  ['example.com', 5],
  ['web.default.myfed.svc.us.example.com', 5],
  ['notexample.com', 3600],
  ['example.com.test', 3600],
])('keeps what is said of %s for %i s', (name, successSeconds) => {
  expect(keepLimits({ federations, limits }, name)).toEqual({ ...limits, successSeconds });
});
