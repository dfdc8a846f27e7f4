import { describe, expect, it } from 'vitest';
import { ClaimedNames, type DnsZone, type RecordSet } from '../../dns/provider/index.ts';
import type { ProviderUnderTest } from './dns-provider.ts';

const RESOURCE = 'service/shop/web';
/** More often nobody has to look again, with so few writers. */
const MAX_LOOKS = 100;

/** What two federations and other people may count on in a zone that they share. Needs a provider that has rivals. */
export function sharedZoneConformance(name: string, create: () => Promise<ProviderUnderTest>): void {
  const inZone = async (
    test: (zones: { readonly one: DnsZone; readonly other: DnsZone; readonly origin: string }) => Promise<void>,
  ) => {
    await using under = await create();
    const [one, other] = [under.provider, under.rival ?? under.provider];
    await test({ one: await one.zone(under.zone), other: await other.zone(under.zone), origin: under.zone });
  };

  describe(`${name} as a zone of several owners`, () => {
    it('has the addresses of all owners at a name, whoever comes and goes at the same time', () =>
      inZone(async ({ one, other, origin }) => {
        const web = `web.${origin}`;
        const foreign: RecordSet = { name: `www.${origin}`, type: 'A', ttlSeconds: 60, data: ['192.0.2.99'] };
        await one.apply({ upsert: [foreign], remove: [] });

        const both = async (eu: RecordSet[], us: RecordSet[]) => {
          await Promise.all([publish(one, 'eu', ...eu), publish(other, 'us', ...us)]);
          // Whoever shares a name looks at it again.
          await publish(one, 'eu', ...eu);
        };
        await both([address(web, '192.0.2.1')], [address(web, '192.0.2.2')]);
        expect(await published(one)).toEqual([address(web, '192.0.2.1', '192.0.2.2'), foreign]);
        await both([address(web, '192.0.2.3')], []);
        expect(await published(one)).toEqual([address(web, '192.0.2.3'), foreign]);

        await publish(one, 'eu');
        expect(await one.list()).toEqual([foreign]);
      }));

    it('leaves alone what nobody claims, and says so', () =>
      inZone(async ({ one, origin }) => {
        const foreign = address(`web.${origin}`, '192.0.2.99');
        await one.apply({ upsert: [foreign], remove: [] });
        const conflicts = await publish(one, 'eu', address(foreign.name, '192.0.2.1'));
        expect(conflicts.map((conflict) => conflict.name)).toEqual([foreign.name]);
        expect(await published(one)).toEqual([foreign]);
      }));

    it('turns the addresses of one owner into an alias and back', () =>
      inZone(async ({ one, origin }) => {
        const web = address(`web.${origin}`, '192.0.2.1');
        const alias: RecordSet = { name: web.name, type: 'CNAME', ttlSeconds: 60, data: [`eu.${origin}`] };
        for (const set of [web, alias, web]) {
          expect(await publish(one, 'eu', set)).toEqual([]);
          expect(await published(one)).toEqual([set]);
        }
      }));
  });
}

/** Looks and changes what is not right, until nobody was faster. */
async function publish(zone: DnsZone, owner: string, ...desired: RecordSet[]) {
  const asPublished = (set: RecordSet) => zone.asPublished?.(set) ?? set;
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const names = new ClaimedNames(owner, asPublished);
    names.take(await zone.list());
    const { phases, conflicts } = names.plan(RESOURCE, desired);
    try {
      for (const changes of phases) await zone.apply(changes);
      return conflicts;
    } catch (err) {
      expect(err).toMatchObject({ code: 'Conflict' });
    }
  }
  throw new Error(`somebody else was faster ${MAX_LOOKS} times`);
}

/** But for claims. */
async function published(zone: DnsZone): Promise<RecordSet[]> {
  const sets = (await zone.list()).filter((set) => !set.name.includes('._koinon.'));
  return sets.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const address = (name: string, ...data: string[]): RecordSet => ({ name, type: 'A', ttlSeconds: 60, data });
