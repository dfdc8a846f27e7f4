import { expect, it } from 'vitest';
import { withFederation, withoutFederation } from './federations-entry.ts';

it.each([
  ['', 'f=example.com'],
  ['a=x.com', 'a=x.com,f=example.com'],
  [' a=x.com , b=y.com', 'a=x.com,b=y.com,f=example.com'],
  ['f=old.com,b=y.com', 'f=example.com,b=y.com'],
])('adds itself to %j once', (before, after) => {
  expect(withFederation(before, 'f', 'example.com.')).toBe(after);
  expect(withFederation(after, 'f', 'example.com')).toBe(after);
});

it.each([
  ['f=example.com', undefined],
  ['a=x.com,f=example.com', 'a=x.com'],
  ['a=x.com', 'a=x.com'],
])('takes itself out of %j', (before, after) => {
  expect(withoutFederation(before, 'f')).toBe(after);
});
