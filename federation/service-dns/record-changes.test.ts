import { expect, it } from 'vitest';
import type { RecordSet } from '../../dns/provider/index.ts';
import { parseTtl } from './dns-ttl.ts';
import { changesBetween } from './record-changes.ts';

const a = (name: string, ...data: string[]): RecordSet => ({ name, type: 'A', ttlSeconds: 180, data });

it('changes nothing where nothing differs', () => {
  expect(changesBetween([a('x', '1.1.1.1')], [a('x', '1.1.1.1')])).toEqual({ upsert: [], remove: [] });
});

it('removes what a name no longer has beside putting what it has now', () => {
  const cname: RecordSet = { name: 'x', type: 'CNAME', ttlSeconds: 180, data: ['y'] };
  expect(changesBetween([cname, a('z', '1.1.1.1')], [a('x', '1.1.1.1')])).toEqual({
    upsert: [a('x', '1.1.1.1')],
    remove: [
      { name: 'x', type: 'CNAME' },
      { name: 'z', type: 'A' },
    ],
  });
});

it('sees a changed TTL and changed data', () => {
  const old = [a('x', '1.1.1.1'), a('y', '1.1.1.1')];
  const next = [{ ...a('x', '1.1.1.1'), ttlSeconds: 30 }, a('y', '1.1.1.1', '1.1.1.2')];
  expect(changesBetween(old, next)).toEqual({ upsert: next, remove: [] });
});

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
