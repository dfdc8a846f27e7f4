import { describe, expect, it } from 'vitest';
import type { DnsProvider, DnsProviderErrorCode, DnsZone, RecordChanges, RecordSet } from '../../dns/provider/index.ts';

/** A provider made for one test. `zone` is one it has, with nothing published in it. */
export interface ProviderUnderTest extends AsyncDisposable {
  readonly provider: DnsProvider;
  readonly zone: string;
}

/** What every `DnsProvider` must do. */
export function dnsProviderConformance(name: string, create: () => Promise<ProviderUnderTest>): void {
  const inZone = async (test: (zone: DnsZone, origin: string) => Promise<void>) => {
    await using under = await create();
    await test(await under.provider.zone(under.zone), under.zone);
  };

  describe(`${name} as a DNS provider`, () => {
    it('has no zone that it was not given', async () => {
      await using under = await create();
      await expect(under.provider.zone('not.there.test')).rejects.toMatchObject({ code: 'NoSuchZone' });
    });

    it('lists nothing at first, and what was published afterwards', () =>
      inZone(async (zone, origin) => {
        expect(zone.name).toBe(origin);
        expect(await zone.list()).toEqual([]);
        const sets: RecordSet[] = [
          { name: `a.${origin}`, type: 'A', ttlSeconds: 180, data: ['192.0.2.1', '192.0.2.2'] },
          { name: `a.${origin}`, type: 'AAAA', ttlSeconds: 180, data: ['2001:db8::1'] },
          { name: `a.${origin}`, type: 'TXT', ttlSeconds: 60, data: ['heritage=koinon,owner=x'] },
          { name: `b.${origin}`, type: 'CNAME', ttlSeconds: 180, data: [`a.${origin}`] },
          { name: `_http._tcp.${origin}`, type: 'SRV', ttlSeconds: 30, data: [`0 100 80 a.${origin}`] },
        ];
        await zone.apply({ upsert: sets, remove: [] });
        expect(sorted(await zone.list())).toEqual(sorted(sets));
      }));

    it('replaces a set as a whole', () =>
      inZone(async (zone, origin) => {
        await zone.apply(upsert(address(`a.${origin}`, '192.0.2.1')));
        const next: RecordSet = { ...address(`a.${origin}`, '192.0.2.7'), ttlSeconds: 5 };
        await zone.apply(upsert(next));
        expect(await zone.list()).toEqual([next]);
      }));

    it('removes only the type that was named, and does not mind when it is not there', () =>
      inZone(async (zone, origin) => {
        const text: RecordSet = { name: `a.${origin}`, type: 'TXT', ttlSeconds: 180, data: ['x'] };
        await zone.apply(upsert(address(`a.${origin}`, '192.0.2.1'), text));
        const remove: RecordChanges = { upsert: [], remove: [{ name: `a.${origin}`, type: 'A' }] };
        await zone.apply(remove);
        await zone.apply(remove);
        expect(await zone.list()).toEqual([text]);
      }));

    it('turns an address into an alias in one change', () =>
      inZone(async (zone, origin) => {
        await zone.apply(upsert(address(`a.${origin}`, '192.0.2.1')));
        const alias: RecordSet = { name: `a.${origin}`, type: 'CNAME', ttlSeconds: 180, data: [`b.${origin}`] };
        await zone.apply({ upsert: [alias], remove: [{ name: `a.${origin}`, type: 'A' }] });
        expect(await zone.list()).toEqual([alias]);
      }));

    it.each<[string, DnsProviderErrorCode, (origin: string) => RecordSet]>([
      ['a name outside the zone', 'OutsideZone', () => address('a.not.there.test', '192.0.2.1')],
      [
        'a CNAME beside other data',
        'CnameConflict',
        (origin) => ({ name: `kept.${origin}`, type: 'CNAME', ttlSeconds: 180, data: [`a.${origin}`] }),
      ],
      ['an address that is none', 'Invalid', (origin) => address(`a.${origin}`, 'nowhere')],
    ])('rejects %s and changes nothing', (_, code, bad) =>
      inZone(async (zone, origin) => {
        const kept = address(`kept.${origin}`, '192.0.2.1');
        await zone.apply(upsert(kept));
        const changes = upsert(address(`new.${origin}`, '192.0.2.2'), bad(origin));
        await expect(zone.apply(changes)).rejects.toMatchObject({ name: 'DnsProviderError', code });
        expect(await zone.list()).toEqual([kept]);
      }),
    );

    it('takes many changes at once, each on its own', () =>
      inZone(async (zone, origin) => {
        const good = Array.from({ length: 50 }, (__, i) => address(`n${i}.${origin}`, `192.0.2.${i}`));
        const results = await Promise.allSettled([
          ...good.map((set) => zone.apply(upsert(set))),
          zone.apply(upsert(address(`bad.${origin}`, 'nowhere'))),
        ]);
        expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
        expect(sorted(await zone.list())).toEqual(sorted(good));
      }));
  });
}

const upsert = (...sets: RecordSet[]): RecordChanges => ({ upsert: sets, remove: [] });

const address = (name: string, ...data: string[]): RecordSet => ({ name, type: 'A', ttlSeconds: 180, data });

const sorted = (sets: readonly RecordSet[]) =>
  [...sets].sort((a, b) => `${a.name} ${a.type}`.localeCompare(`${b.name} ${b.type}`));
