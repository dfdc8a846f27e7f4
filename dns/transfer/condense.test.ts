import { expect, it } from 'vitest';
import type { RecordSet, ZoneDelta } from '../zone/index.ts';
import { condense } from './condense.ts';

const a = (ttlSeconds: number, ...data: string[]): RecordSet => ({
  name: 'a.example.com',
  type: 'A',
  ttlSeconds,
  data,
});
const delta = (removed: readonly RecordSet[], added: readonly RecordSet[]): ZoneDelta => ({
  from: 1,
  to: 2,
  removed,
  added,
});

it('tells records, not sets: what stays is not told', () => {
  expect(condense([delta([a(60, '1', '2')], [a(60, '2', '3')])])).toEqual({
    removed: [a(60, '1')],
    added: [a(60, '3')],
  });
});

it('tells all records of a set whose TTL is another', () => {
  expect(condense([delta([a(60, '1', '2')], [a(5, '1', '2')])])).toEqual({
    removed: [a(60, '1'), a(60, '2')],
    added: [a(5, '1'), a(5, '2')],
  });
});

it.each([
  ['came and went', [delta([], [a(60, '1')]), delta([a(60, '1')], [])]],
  ['went and came', [delta([a(60, '1')], []), delta([], [a(60, '1')])]],
  [
    'went to and fro',
    [delta([a(60, '1')], [a(60, '2')]), delta([a(60, '2')], [a(60, '3')]), delta([a(60, '3')], [a(60, '1')])],
  ],
])('does not tell what %s', (_, deltas) => {
  expect(condense(deltas)).toEqual({ removed: [], added: [] });
});

it('tells the last of several changes', () => {
  const deltas = [delta([a(60, '1')], [a(60, '2')]), delta([a(60, '2')], [a(60, '3')])];
  expect(condense(deltas)).toEqual({ removed: [a(60, '1')], added: [a(60, '3')] });
});
