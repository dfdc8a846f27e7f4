import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { expect, it } from 'vitest';
import { changeBatches } from './change-batches.ts';

const record = (name: string, ...values: readonly string[]): ResourceRecordSet => ({
  Name: `${name}.example.com.`,
  Type: 'TXT',
  TTL: 60,
  ResourceRecords: values.map((Value) => ({ Value })),
});

const sizes = (names: Parameters<typeof changeBatches>[0]) => changeBatches(names).map((batch) => batch.length);

it('fills requests up to 1000 records', () => {
  const one = (index: number) => ({ gone: [], wanted: [record(`n${index}`, 'a')] });
  expect(sizes(Array.from({ length: 2001 }, (_, index) => one(index)))).toEqual([1000, 1000, 1]);
});

it('fills requests up to 32,000 characters', () => {
  const one = (index: number) => ({ gone: [], wanted: [record(`n${index}`, 'x'.repeat(16_000))] });
  expect(sizes([one(1), one(2), one(3)])).toEqual([2, 1]);
});

it('counts what goes as well, and parts no name', () => {
  const one = (index: number) => ({
    gone: [record(`n${index}`, 'x'.repeat(9000))],
    wanted: [record(`n${index}`, 'y'.repeat(9000))],
  });
  expect(sizes([one(1), one(2)])).toEqual([2, 2]);
});

it('deletes before it creates, and leaves alone what stays', () => {
  const [stays, goes, comes] = [record('a', '1', '2'), { ...record('a', '3'), SetIdentifier: 'x' }, record('a', '4')];
  const there = { ...stays, Name: 'A.example.com.', ResourceRecords: [{ Value: '2' }, { Value: '1' }] };
  expect(changeBatches([{ gone: [there, goes], wanted: [comes, stays] }])).toEqual([
    [
      { Action: 'DELETE', ResourceRecordSet: goes },
      { Action: 'CREATE', ResourceRecordSet: comes },
    ],
  ]);
  expect(changeBatches([{ gone: [there], wanted: [stays] }])).toEqual([]);
});
