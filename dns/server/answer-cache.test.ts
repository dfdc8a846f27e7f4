import { expect, it } from 'vitest';
import { AnswerCache } from './answer-cache.ts';

it('forgets what was not asked for lately, and stays within its bounds', () => {
  const cache = new AnswerCache(1000);
  const kept = () =>
    Array.from({ length: 100 }, (_, i) => cache.get(`k${i}`)).filter((hit) => hit !== undefined).length;
  for (let i = 0; i < 100; i++) cache.add(`k${i}`, 'NOERROR', Buffer.alloc(100), 1);
  expect(cache.get('k99')).toBeDefined();
  expect(cache.get('k0')).toBeUndefined();
  expect(kept()).toBeLessThanOrEqual(8);
});

it('gives an answer only when all its orders are there, and no more than eight', () => {
  const cache = new AnswerCache(100_000);
  for (let i = 0; i < 8; i++) {
    expect(cache.get('k')).toBeUndefined();
    expect(cache.missing('k')).toBe(i);
    cache.add('k', 'NOERROR', Buffer.from([i]), 100);
  }
  const given = Array.from({ length: 9 }, () => cache.get('k')?.packet[0]);
  expect(given).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 0]);
});
