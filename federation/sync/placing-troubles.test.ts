import { expect, it } from 'vitest';
import { shownTroubles, troublesIn } from './placing-troubles.ts';
import type { Troubled } from './troubled-copies.ts';

const now = Date.parse('2026-01-01T00:01:00Z');
const minuteAgo = now - 60_000;

function copies(...all: readonly [string, Troubled['trouble'], number][]): ReadonlyMap<string, Troubled> {
  return new Map(all.map(([name, trouble, since]) => [name, { trouble, since }]));
}

it('shows since when copies are not as they shall be, by why', () => {
  const troubles = copies(['west', 'drift', minuteAgo], ['east', 'drift', now], ['north', 'conflict', now]);
  expect(shownTroubles(troubles, now)).toEqual({
    record: {
      conflict: { north: '2026-01-01T00:01:00Z' },
      drift: { east: '2026-01-01T00:01:00Z', west: '2026-01-01T00:00:00Z' },
    },
    reviewAfterMs: undefined,
  });
  expect(shownTroubles(copies(), now)).toEqual({ record: undefined, reviewAfterMs: undefined });
});

it('shows what fails only when it has lasted, and says when that is', () => {
  expect(shownTroubles(copies(['east', 'failed', now - 4_000]), now)).toEqual({
    record: undefined,
    reviewAfterMs: 6_000,
  });
  expect(shownTroubles(copies(['east', 'failed', now - 10_000]), now)).toEqual({
    record: { failed: { east: '2026-01-01T00:00:50Z' } },
    reviewAfterMs: undefined,
  });
});

it('waits as long as it is told to', () => {
  const unseen = copies(['east', 'unseen', now - 4_000]);
  expect(shownTroubles(unseen, now).reviewAfterMs).toBe(6_000);
  expect(shownTroubles(unseen, now, 4_000).record).toEqual({ unseen: { east: '2026-01-01T00:00:56Z' } });
});

it('does not grow with the number of clusters without end', () => {
  const many = copies(...Array.from({ length: 500 }, (_, n): [string, 'drift', number] => [`c-${n}`, 'drift', now]));
  expect(Object.keys(shownTroubles(many, now).record?.drift ?? {})).toHaveLength(20);
});

it('reads what it has shown, and nothing of what it has not', () => {
  const shown = copies(['west', 'drift', minuteAgo], ['north', 'held', now]);
  expect(troublesIn(shownTroubles(shown, now).record)).toEqual(shown);
  for (const odd of [undefined, null, 5, [], { drift: 5 }, { drift: { a: 5, b: 'x' } }, { other: { a: 'x' } }]) {
    expect(troublesIn(odd).size).toBe(0);
  }
});
