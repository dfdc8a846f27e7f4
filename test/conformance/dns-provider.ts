import { describe, expect, it } from 'vitest';
import type { DnsProvider, DnsProviderErrorCode, DnsZone, RecordChanges, RecordSet } from '../../dns/provider/index.ts';

/** A provider made for one test. `zone` is one it has, with nothing published in it. */
export interface ProviderUnderTest extends AsyncDisposable {
  readonly provider: DnsProvider;
  readonly zone: string;
  /** What is refused with `Invalid`, because nobody could serve it there. */
  readonly refuses?: readonly 'wildcards'[];
  /** Record sets in a large change; fewer where each is a call of its own. */
  readonly large?: number;
  /** The same as another process has it; absent where only one may write, or where nothing keeps two from each other. */
  readonly rival?: DnsProvider;
  /** Keeps the provider from being reached, until what it gives is called. Absent where there is nothing between. */
  readonly interrupt?: () => Promise<() => Promise<void>>;
}

/** Record sets in one change: more than fit one message or one call of any provider. */
const LARGE = 1_200;

/** What every `DnsProvider` must do. */
export function dnsProviderConformance(name: string, create: () => Promise<ProviderUnderTest>): void {
  const inZone = async (test: (zone: DnsZone, origin: string, under: ProviderUnderTest) => Promise<void>) => {
    await using under = await create();
    await test(await under.provider.zone(under.zone), under.zone, under);
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
          { name: `_http._tcp.${origin}`, type: 'SRV', ttlSeconds: 90, data: [`0 100 80 a.${origin}`] },
        ];
        await zone.apply({ upsert: sets, remove: [] });
        expect(sorted(await zone.list())).toEqual(sorted(sets));
      }));

    it('replaces a set as a whole', () =>
      inZone(async (zone, origin) => {
        await zone.apply(upsert(address(`a.${origin}`, '192.0.2.1')));
        const next: RecordSet = { ...address(`a.${origin}`, '192.0.2.7'), ttlSeconds: 90 };
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

    it('has published what `asPublished` says', () =>
      inZone(async (zone, origin, { refuses = [] }) => {
        const anyName = refuses.includes('wildcards') ? 'any' : '*';
        const candidates = ['192.0.2.1', '192.0.2.2'].map((data) => ({ name: `of ${data}`, data: [data] }));
        const sets: RecordSet[] = [
          { name: origin, type: 'A', ttlSeconds: 1, data: ['192.0.2.1'] },
          { name: `${anyName}.${origin}`, type: 'AAAA', ttlSeconds: 86_400, data: ['2001:db8::1'] },
          { ...address(`c.${origin}`, '192.0.2.1', '192.0.2.2'), choice: { policy: 'weighted', candidates } },
          { name: `t.${origin}`, type: 'TXT', ttlSeconds: 180, data: ['a', 'quoted "b" \\ and; $(c) @'] },
        ];
        await zone.apply(upsert(...sets));
        const published = sets.map((set) => zone.asPublished?.(set) ?? set);
        const listed = sorted(await zone.list());
        expect(listed).toEqual(sorted(published));
        // Whoever compares what is there with what should be finds no difference.
        expect(listed.map((set) => zone.asPublished?.(set) ?? set)).toEqual(listed);
      }));

    it('publishes other types and texts as they are, or says that it cannot', () =>
      inZone(async (zone, origin) => {
        const sets: RecordSet[] = [
          { name: `mx.${origin}`, type: 'MX', ttlSeconds: 180, data: ['10 a.example.net', '5 b.example.net'] },
          { name: `caa.${origin}`, type: 'CAA', ttlSeconds: 180, data: ['0 issue "ca.example; policy=ev"'] },
          { name: `h.${origin}`, type: 'HTTPS', ttlSeconds: 180, data: ['1 . alpn=h2,h3 ipv4hint=192.0.2.1'] },
          { name: `alias.${origin}`, type: 'SVCB', ttlSeconds: 180, data: [`0 h.${origin}`] },
          { name: `unknown.${origin}`, type: 'TYPE65280', ttlSeconds: 180, data: ['\\# 3 000aff'] },
          { name: `long.${origin}`, type: 'TXT', ttlSeconds: 180, data: ['ü'.repeat(200)] },
          { name: `texts.${origin}`, type: 'TXT', ttlSeconds: 180, data: ['"a" "b\\000c"'] },
          { name: `ns.${origin}`, type: 'NS', ttlSeconds: 180, data: ['ns.example.net'] },
        ];
        for (const set of sets) {
          const before = await zone.list();
          const published = zone.asPublished?.(set) ?? set;
          const refusal = await zone.apply(upsert(set)).then(
            () => undefined,
            (err: unknown) => err,
          );
          if (refusal !== undefined) expect(refusal).toMatchObject({ code: 'Invalid' });
          const expected = refusal === undefined ? [...before, published] : before;
          expect(sorted(await zone.list())).toEqual(sorted(expected));
        }
      }));

    it('has data in one spelling, in order, and once', () =>
      inZone(async (zone, origin) => {
        const set: RecordSet = {
          name: `a.${origin}`,
          type: 'AAAA',
          ttlSeconds: 60,
          data: ['2001:db8::2', '2001:db8::1'],
        };
        await zone.apply(upsert({ ...set, data: [...set.data, '2001:DB8:0:0::1'] }));
        expect(await zone.list()).toEqual([{ ...set, data: ['2001:db8::1', '2001:db8::2'] }]);
      }));

    it('changes nothing when it is told the same again', () =>
      inZone(async (zone, origin) => {
        const changes: RecordChanges = {
          upsert: [address(`a.${origin}`, '192.0.2.1')],
          remove: [{ name: `b.${origin}`, type: 'A' }],
        };
        await zone.apply(changes);
        await zone.apply(changes);
        expect(await zone.list()).toEqual(changes.upsert);
      }));

    it('puts what is both removed and put, and takes an alias for an address', () =>
      inZone(async (zone, origin) => {
        const name = `a.${origin}`;
        await zone.apply(upsert({ name, type: 'CNAME', ttlSeconds: 180, data: [`b.${origin}`] }));
        const next = address(name, '192.0.2.1');
        await zone.apply({
          upsert: [next],
          remove: [
            { name, type: 'CNAME' },
            { name, type: 'A' },
          ],
        });
        expect(await zone.list()).toEqual([next]);
      }));

    it('takes a large change as one, and takes it back', () =>
      inZone(async (zone, origin, { large = LARGE }) => {
        const sets = Array.from({ length: large }, (_, index): RecordSet => {
          return { name: `n${index}.${origin}`, type: 'TXT', ttlSeconds: 180, data: [`${'x'.repeat(60)}${index}`] };
        });
        await zone.apply(upsert(...sets));
        expect(sorted(await zone.list())).toEqual(sorted(sets));
        await zone.apply({ upsert: [], remove: sets });
        expect(await zone.list()).toEqual([]);
      }));

    it('refuses to replace what is not what the caller knows, and changes nothing', () =>
      inZone(async (zone, origin) => {
        const [known, other] = [address(`a.${origin}`, '192.0.2.1'), address(`a.${origin}`, '192.0.2.2')];
        const absent = address(`b.${origin}`, '192.0.2.3');
        const refused = async (changes: RecordChanges, ...replaces: RecordSet[]) => {
          const before = await zone.list();
          await expect(zone.apply({ ...changes, replaces })).rejects.toMatchObject({ code: 'Conflict' });
          expect(await zone.list()).toEqual(before);
        };
        await zone.apply({ ...upsert(known), replaces: [] });
        await refused(upsert(other));
        await refused(upsert(other), other);
        await refused({ upsert: [], remove: [known] }, { ...known, ttlSeconds: 5 });
        await refused(upsert(other, absent), known, absent);
        await zone.apply({ ...upsert(other), replaces: await zone.list() });
        expect(await zone.list()).toEqual([other]);
      }));

    it('lets one of those win who replace the same, and tells the others', () =>
      inZone(async (zone, origin) => {
        const sets = Array.from({ length: 5 }, (_, index) => address(`a.${origin}`, `192.0.2.${index}`));
        const results = await Promise.allSettled(sets.map((set) => zone.apply({ ...upsert(set), replaces: [] })));
        const winners = sets.filter((_, index) => results[index]?.status === 'fulfilled');
        expect(winners).toHaveLength(1);
        expect(await zone.list()).toEqual(winners);
      }));

    it('lets nothing be lost between two who write the same', async (context) => {
      await using under = await create();
      if (under.rival === undefined) {
        context.skip('only one writes there');
        return;
      }
      const name = `a.${under.zone}`;
      const writers = await Promise.all([under.provider, under.rival].map((provider) => provider.zone(under.zone)));
      // Each adds its own addresses to whatever is there, and looks again when it was too late.
      const add = async (zone: DnsZone, item: string): Promise<void> => {
        const there = (await zone.list()).filter((set) => set.name === name);
        const data = [...(there[0]?.data ?? []), item];
        try {
          await zone.apply({ ...upsert(address(name, ...data)), replaces: there });
        } catch (err) {
          expect(err).toMatchObject({ code: 'Conflict' });
          await add(zone, item);
        }
      };
      const items = Array.from({ length: 10 }, (_, index) => `192.0.2.${index}`);
      await Promise.all(items.map((item, index) => add(writers[index % 2]!, item)));
      expect(await writers[0]!.list()).toEqual([address(name, ...items)]);
    });

    it('does nothing for a caller who has gone, and says why', () =>
      inZone(async (zone, origin) => {
        const gone = AbortSignal.abort(new Error('gone home'));
        await expect(zone.apply(upsert(address(`a.${origin}`, '192.0.2.1')), gone)).rejects.toThrow('gone home');
        await expect(zone.list(gone)).rejects.toThrow('gone home');
        expect(await zone.list()).toEqual([]);
      }));

    it('says that it cannot be reached, and goes on when it can be', async (context) => {
      await using under = await create();
      if (under.interrupt === undefined) {
        context.skip('nothing is between us and it');
        return;
      }
      const zone = await under.provider.zone(under.zone);
      const set = address(`a.${under.zone}`, '192.0.2.1');
      const restore = await under.interrupt();
      await expect(zone.apply(upsert(set))).rejects.toMatchObject({ code: 'Unavailable' });
      await expect(zone.list()).rejects.toMatchObject({ code: 'Unavailable' });
      await restore();
      await zone.apply(upsert(set));
      expect(await zone.list()).toEqual([set]);
    });

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
