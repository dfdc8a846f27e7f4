import { expect, it } from 'vitest';
import { withFederation, withoutFederation, withStubDomain } from './federations-entry.ts';

it.each([
  ['', 'f=example.com'],
  ['a=x.com', 'a=x.com,f=example.com'],
  [' a=x.com , b=y.com', 'a=x.com,b=y.com,f=example.com'],
  ['f=old.com,b=y.com', 'f=example.com,b=y.com'],
])('adds itself to %j once', (before, after) => {
  expect(withFederation(before, 'f', 'example.com')).toBe(after);
  expect(withFederation(after, 'f', 'example.com')).toBe(after);
});

it.each([
  ['f=example.com', undefined],
  ['a=x.com,f=example.com', 'a=x.com'],
  ['a=x.com', 'a=x.com'],
])('takes itself out of %j', (before, after) => {
  expect(withoutFederation(before, 'f')).toBe(after);
});

it('adds and removes its own stub domain and leaves the others', () => {
  const both = withStubDomain('{"corp.local":["10.0.0.53"]}', 'example.com', ['127.0.0.1:5300']);
  expect(both).toBe('{"corp.local":["10.0.0.53"],"example.com":["127.0.0.1:5300"]}');
  expect(withStubDomain(both ?? '', 'example.com', [])).toBe('{"corp.local":["10.0.0.53"]}');
  expect(withStubDomain('{"example.com":["127.0.0.1:5300"]}', 'example.com', [])).toBeUndefined();
  expect(() => withStubDomain('[]', 'example.com', [])).toThrow('not a JSON object');
});
