import { expect, it } from 'vitest';
import { mapInTurns } from './map-in-turns.ts';

it('gives others a turn between many items, and keeps their order', async () => {
  const numbers = Array.from({ length: 5_000 }, (_, index) => index);
  let turns = 0;
  const other = setImmediate(function again() {
    turns++;
    if (turns < 4) setImmediate(again);
  });
  expect(await mapInTurns(numbers, (number) => -number)).toEqual(numbers.map((number) => -number));
  expect(turns).toBeGreaterThanOrEqual(4);
  clearImmediate(other);
});
