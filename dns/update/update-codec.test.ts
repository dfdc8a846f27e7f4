import { expect, it } from 'vitest';
import { PacketFull } from '../packet/index.ts';
import { decodeUpdate } from './decode-update.ts';
import { encodeUpdate } from './encode-update.ts';
import type { UpdateMessage } from './update-message.ts';

const IN = 1;
const NONE = 254;
const ANY = 255;

const message: UpdateMessage = {
  id: 4711,
  zone: 'example.com',
  prerequisites: [
    { kind: 'name in use', name: 'a.example.com' },
    { kind: 'name not in use', name: 'b.example.com' },
    { kind: 'set exists', name: 'a.example.com', type: 'A' },
    { kind: 'set absent', name: 'a.example.com', type: 'CNAME' },
    { kind: 'set is', name: 'a.example.com', type: 'A', data: ['192.0.2.1', '192.0.2.2'] },
  ],
  updates: [
    { kind: 'add', set: { name: 'a.example.com', type: 'SRV', ttlSeconds: 60, data: ['0 1 80 b.example.com'] } },
    { kind: 'delete records', name: 'a.example.com', type: 'AAAA', data: ['2001:db8::1'] },
    { kind: 'delete set', name: 'a.example.com', type: 'TYPE65280' },
    { kind: 'delete name', name: 'c.example.com' },
  ],
};

it('decodes what was encoded', () => {
  const record = { name: 'a.example.com', type: 'A', class: IN, ttlSeconds: 0, item: undefined };
  expect(decodeUpdate(encodeUpdate(message))).toEqual({
    id: 4711,
    zone: 'example.com',
    zoneClass: IN,
    prerequisites: [
      { ...record, type: 'ANY', class: ANY },
      { ...record, type: 'ANY', class: NONE, name: 'b.example.com' },
      { ...record, class: ANY },
      { ...record, type: 'CNAME', class: NONE },
      { ...record, item: '192.0.2.1' },
      { ...record, item: '192.0.2.2' },
    ],
    updates: [
      { ...record, type: 'SRV', ttlSeconds: 60, item: '0 1 80 b.example.com' },
      { ...record, type: 'AAAA', class: NONE, item: '2001:db8::1' },
      { ...record, type: 'TYPE65280', class: ANY },
      { ...record, type: 'ANY', class: ANY, name: 'c.example.com' },
    ],
  });
});

it('says so when a message has no room', () => {
  expect(() => encodeUpdate(message, 100)).toThrow(PacketFull);
});

it.each(Array.from({ length: 30 }, (_, index) => index * 6))('refuses a message that ends at byte %i', (length) => {
  expect(() => decodeUpdate(encodeUpdate(message).subarray(0, length))).toThrow(/too early|no header/);
});
