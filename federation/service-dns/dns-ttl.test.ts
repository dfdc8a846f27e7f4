import { expect, it } from 'vitest';
import { parseTtl } from './dns-ttl.ts';

it.each([
  [undefined, { ok: true, ttlSeconds: undefined }],
  ['30', { ok: true, ttlSeconds: 30 }],
  ['86400', { ok: true, ttlSeconds: 86400 }],
])('takes the TTL %s', (text, parsed) => {
  expect(parseTtl(text === undefined ? {} : { 'federation.koinon.dev/dns-ttl': text })).toEqual(parsed);
});

it.each(['', '0', '-1', '3m', '86401', '1.5'])('refuses the TTL %j', (text) => {
  expect(parseTtl({ 'federation.koinon.dev/dns-ttl': text })).toMatchObject({ ok: false });
});
