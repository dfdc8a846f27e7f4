import { expect, it } from 'vitest';
import { AddressList } from './address-list.ts';

it.each<[string[], string, boolean]>([
  [[], '192.0.2.1', false],
  [['any'], '192.0.2.1', true],
  [['none'], '192.0.2.1', false],
  [['!none'], '2001:db8::1', true],
  [['192.0.2.1'], '192.0.2.1', true],
  [['192.0.2.1'], '192.0.2.2', false],
  [['192.0.2.0/25'], '192.0.2.127', true],
  [['192.0.2.0/25'], '192.0.2.128', false],
  [['192.0.2.0/25'], '::ffff:192.0.2.5', true],
  [['0.0.0.0/0'], '203.0.113.9', true],
  [['0.0.0.0/0'], '2001:db8::1', false],
  [['2001:db8::/33'], '2001:db8:7fff::1', true],
  [['2001:db8::/33'], '2001:db8:8000::1', false],
  [['2001:db8::1'], '2001:0DB8:0:0::1', true],
  [['!10.0.0.5', '10.0.0.0/8'], '10.0.0.5', false],
  [['!10.0.0.5', '10.0.0.0/8'], '10.0.0.6', true],
  [['10.0.0.0/8', '!10.0.0.5'], '10.0.0.5', true],
  [['!10.0.0.0/8', 'any'], '10.1.2.3', false],
  [['!10.0.0.0/8', 'any'], '192.0.2.1', true],
  [['any'], 'nobody', false],
])('%j, asked about %s, says %s', (entries, client, listed) => {
  const list = new AddressList(entries);
  expect([list.has(client), list.has(client)]).toEqual([listed, listed]);
});

it.each(['', '10.0.0.0/33', '2001:db8::/129', 'localhost', '10.0.0', '!', '10.0.0.0/x'])('refuses %j', (entry) => {
  expect(() => new AddressList([entry])).toThrow('is no address such as');
});
