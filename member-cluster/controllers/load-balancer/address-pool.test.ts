import { expect, it } from 'vitest';
import { AddressPool } from './address-pool.ts';

it('gives each owner one address and takes it back', () => {
  const pool = new AddressPool('127.9.200.0/24');
  expect(pool.allocate('a')).toBe('127.9.200.1');
  expect(pool.allocate('b')).toBe('127.9.200.2');
  expect(pool.allocate('a')).toBe('127.9.200.1');
  pool.release('a');
  expect(pool.allocate('c')).toBe('127.9.200.1');
});

it('honours a request for an address that is free, and frees what its owner had', () => {
  const pool = new AddressPool('127.9.200.0/24');
  pool.allocate('a');
  expect(pool.claim('b', '127.9.200.1')).toBe(false);
  expect(pool.claim('a', '127.9.200.77')).toBe(true);
  expect(pool.ownerOf('127.9.200.1')).toBeUndefined();
  expect(pool.claim('b', '127.9.200.1')).toBe(true);
});

it.each(['127.9.201.1', '127.9.200.0', '127.9.200.255', '127.9.200.x', '127.9.200.1.5', 'nonsense'])(
  'does not have %s',
  (address) => {
    expect(new AddressPool('127.9.200.0/24').claim('a', address)).toBe(false);
  },
);

it('says when it is exhausted', () => {
  const pool = new AddressPool('127.9.200.0/24');
  const all = Array.from({ length: 254 }, (_, index) => pool.allocate(`owner-${index}`));
  expect(new Set(all).size).toBe(254);
  expect(pool.allocate('one too many')).toBeUndefined();
});
