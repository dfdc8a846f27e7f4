import { expect, it } from 'vitest';
import { accessRule, type AccessRule } from './access.ts';

it.each<[string, AccessRule, string, string | undefined, boolean]>([
  ['nobody, where a rule names nothing', {}, '192.0.2.1', undefined, false],
  ['nobody, where it names no addresses', { addresses: [] }, '192.0.2.1', undefined, false],
  ['who is in a network', { addresses: ['192.0.2.0/24'] }, '192.0.2.1', undefined, true],
  ['who is in one of several', { addresses: ['10.0.0.0/8', '2001:db8::/32'] }, '2001:db8::7', undefined, true],
  ['not who is beside it', { addresses: ['192.0.2.0/25'] }, '192.0.2.128', undefined, false],
  ['who is there by IPv4 on a socket of IPv6', { addresses: ['192.0.2.1'] }, '::ffff:192.0.2.1', undefined, true],
  ['who has the key', { key: 'a' }, '192.0.2.1', 'a', true],
  ['not who has another', { key: 'a' }, '192.0.2.1', 'b', false],
  ['not who has none', { key: 'a' }, '192.0.2.1', undefined, false],
  ['who has the key there', { key: 'a', addresses: ['192.0.2.1'] }, '192.0.2.1', 'a', true],
  ['not who has the key elsewhere', { key: 'a', addresses: ['192.0.2.1'] }, '192.0.2.2', 'a', false],
  ['not who is there without it', { key: 'a', addresses: ['192.0.2.1'] }, '192.0.2.1', undefined, false],
])('lets in %s', (_, rule, client, key, fits) => {
  expect(accessRule(rule)({ client, key })).toBe(fits);
});

it('names what is no network', () => {
  expect(() => accessRule({ addresses: ['10.0.0.0/33'] })).toThrow('10.0.0.0/33');
});
