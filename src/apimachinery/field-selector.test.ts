import { expect, it } from 'vitest';
import { matchesFields, parseFieldSelector } from './field-selector.ts';

it.each([
  ['', []],
  ['a=b', [{ field: 'a', operator: '=', value: 'b' }]],
  ['a.b==c', [{ field: 'a.b', operator: '=', value: 'c' }]],
  [
    'a!=b,c=',
    [
      { field: 'a', operator: '!=', value: 'b' },
      { field: 'c', operator: '=', value: '' },
    ],
  ],
  ['a=x\\,y\\=z\\\\', [{ field: 'a', operator: '=', value: 'x,y=z\\' }]],
  [
    'status.phase!=Succeeded,status.phase!=Failed,',
    [
      { field: 'status.phase', operator: '!=', value: 'Succeeded' },
      { field: 'status.phase', operator: '!=', value: 'Failed' },
    ],
  ],
])('reads %s', (text, expected) => {
  expect(parseFieldSelector(text)).toEqual(expected);
});

it.each([
  ['a', "invalid selector: 'a'; can't understand 'a'"],
  ['x=y,a!b', "invalid selector: 'x=y,a!b'; can't understand 'a!b'"],
  ['a=b=c', 'invalid field selector'],
  ['a=\\q', 'invalid field selector'],
])('refuses %s', (text, message) => {
  expect(() => parseFieldSelector(text)).toThrow(message);
});

it('compares values, an absent one being empty', () => {
  const fields: Record<string, string> = { 'metadata.name': 'web' };
  const holds = (text: string) => matchesFields(parseFieldSelector(text), (field) => fields[field] ?? '');
  expect(holds('metadata.name=web,spec.nodeName=')).toBe(true);
  expect(holds('metadata.name!=web')).toBe(false);
  expect(holds('spec.nodeName!=a')).toBe(true);
});
