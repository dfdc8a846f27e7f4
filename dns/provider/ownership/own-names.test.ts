import { expect, it } from 'vitest';
import type { RecordSet } from '../dns-provider.ts';
import { OwnNames } from './own-names.ts';

const a = (name: string, ...data: string[]): RecordSet => ({ name, type: 'A', ttlSeconds: 180, data });
const ours = (name: string) => (name.endsWith('.ours') ? 'service/shop/web' : undefined);

function planned(published: readonly RecordSet[], desired: readonly RecordSet[], asIs = (set: RecordSet) => set) {
  const names = new OwnNames(ours, asIs);
  names.take(published);
  const [changes, ...others] = names.plan('service/shop/web', desired).phases;
  expect(others).toEqual([]);
  return changes;
}

it('changes nothing where nothing differs', () => {
  expect(planned([a('x.ours', '1.1.1.1', '1.1.1.2')], [a('x.ours', '1.1.1.2', '1.1.1.1')])).toBeUndefined();
});

it('takes whatever has a name of ours, and nothing else', () => {
  const cname: RecordSet = { name: 'x.ours', type: 'CNAME', ttlSeconds: 180, data: ['y'] };
  expect(planned([cname, a('z.ours', '1.1.1.1'), a('z', '1.1.1.1')], [a('x.ours', '1.1.1.1')])).toEqual({
    upsert: [a('x.ours', '1.1.1.1')],
    remove: [
      { name: 'x.ours', type: 'CNAME' },
      { name: 'z.ours', type: 'A' },
    ],
  });
});

it('sees a changed TTL, changed data and a changed choice', () => {
  const choice = { policy: 'failover', candidates: [{ name: 'east', data: ['1.1.1.1'] }] } as const;
  const old = [a('x.ours', '1.1.1.1'), a('y.ours', '1.1.1.1'), a('z.ours', '1.1.1.1')];
  const next = [
    { ...a('x.ours', '1.1.1.1'), ttlSeconds: 30 },
    a('y.ours', '1.1.1.1', '1.1.1.2'),
    { ...a('z.ours', '1.1.1.1'), choice },
  ];
  expect(planned(old, next)).toEqual({ upsert: next, remove: [] });
});

it('does not see what the provider makes of a set', () => {
  const atLeastAMinute = (set: RecordSet) => ({ ...set, ttlSeconds: Math.max(60, set.ttlSeconds) });
  const published = { ...a('x.ours', '1.1.1.1'), ttlSeconds: 60 };
  expect(planned([published], [{ ...published, ttlSeconds: 5 }], atLeastAMinute)).toBeUndefined();
});

it('refuses what cannot be published', () => {
  expect(() => planned([], [a('x.ours', 'nowhere')])).toThrow('"nowhere" is not an IPv4 address');
});
