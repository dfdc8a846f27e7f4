import { expect, it } from 'vitest';
import { isKnownFormat, isOfFormat } from './formats.ts';

it.each([
  ['date-time', ['2024-01-02T03:04:05Z', '2024-01-02T03:04:05.123+02:00'], ['2024-01-02', '2024-13-02T03:04:05Z', 'x']],
  ['date', ['2024-02-29'], ['2023-02-29', '2024-1-1']],
  ['ipv4', ['10.0.0.1'], ['10.0.0', '::1']],
  ['ipv6', ['::1'], ['10.0.0.1']],
  ['cidr', ['10.0.0.0/8', 'fd00::/64'], ['10.0.0.0', '10.0.0.0/33']],
  ['uuid', ['6ba7b810-9dad-11d1-80b4-00c04fd430c8'], ['6ba7b810']],
  ['hostname', ['example.com'], ['-a', 'a b']],
  ['email', ['a@example.com'], ['a']],
  ['uri', ['https://example.com/x', '/x'], ['x y', 'x']],
  ['duration', ['1h30m', '22 ns', '3 days'], ['1x', '']],
  ['mac', ['01:23:45:67:89:ab'], ['01:23:45:67:89']],
  ['byte', ['aGk='], ['a']],
  ['isbn10', ['0321751043'], ['0321751042']],
  ['isbn13', ['978-0321751041'], ['978-0321751042']],
  ['creditcard', ['4111 1111 1111 1111'], ['1']],
  ['ssn', ['111-22-3333'], ['1']],
  ['hexcolor', ['#FFFFFF', 'abc'], ['#ff']],
  ['rgbcolor', ['rgb(255,0,1)'], ['rgb(256,0,1)']],
  ['bsonobjectid', ['507f1f77bcf86cd799439011'], ['x']],
  ['quantity', ['10Gi'], ['ten']],
])('knows %s', (format, good, bad) => {
  expect(isKnownFormat(format, 'string')).toBe(true);
  for (const text of good) expect([text, isOfFormat(text, format)]).toEqual([text, true]);
  for (const text of bad) expect([text, isOfFormat(text, format)]).toEqual([text, false]);
});
