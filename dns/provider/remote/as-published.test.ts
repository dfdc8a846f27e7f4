import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { silentLogger as log, systemClock as clock } from '../../../src/component-base/index.ts';
import { validRecordSet, type RecordSet } from '../../zone/index.ts';
import { ProviderSettings } from '../config/provider-settings.ts';
import { asPublished as atAzure } from '../azure/record-sets.ts';
import { asPublished as atCloudflare } from '../cloudflare/records.ts';
import { placeTerms } from '../google/routing-policy.ts';
import { rrsetOf, setOf } from '../google/rrsets.ts';
import { HealthChecks } from '../route53/health-checks.ts';
import { createHostedZoneApi } from '../route53/hosted-zone-api.ts';
import { locationTerms } from '../route53/locations.ts';
import type { Route53Sender } from '../route53/route53-client.ts';
import { parsePlaces } from './places.ts';

const settings = (...regions: string[]) => new ProviderSettings({ values: { regions }, where: 'test', directory: '/' });

// @NOTE nothing is sent by what is tried here.
const sender = {} as Route53Sender;
const locations = parsePlaces(settings('eu=eu-west-1', 'home=48.85/2.35'), locationTerms(['eu-west-1', 'us-east-1']));
const atRoute53 = (checked: boolean) => {
  const checks = new HealthChecks({ sender, zoneId: 'Z1', probe: { type: 'TCP', port: 443 }, clock, log });
  const zone = createHostedZoneApi({
    name: 'example.com',
    id: 'Z1',
    sender,
    locations,
    ...(checked ? { checks } : {}),
  });
  return (set: RecordSet) => zone.asPublished(set);
};
const atGoogle = (healthCheck?: string) => (set: RecordSet) => {
  const places = parsePlaces(settings('eu=europe-west1'), placeTerms);
  const options = { places, ...(healthCheck === undefined ? {} : { healthCheck }) };
  const published = setOf(rrsetOf(set, options), options);
  if (typeof published === 'string') throw new Error(published);
  return published;
};

const candidates = fc
  .array(
    fc.record(
      {
        region: fc.constantFrom('eu', 'home', 'us-east-1', 'eu-west-1', 'europe-west1', 'us-east1', 'nowhere'),
        weight: fc.oneof(fc.nat(1000), fc.double({ min: 0, max: 1e6, noNaN: true })),
        order: fc.integer({ min: -2, max: 3 }),
        addresses: fc.integer({ min: 1, max: 3 }),
      },
      { requiredKeys: ['addresses'] },
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) =>
    all.map(({ addresses, ...one }, index) => ({
      name: `cluster-${index}`,
      data: Array.from({ length: addresses }, (_, host) => `192.0.2.${index * 4 + host}`),
      ...one,
    })),
  );

const sets = fc
  .record({
    policy: fc.constantFrom('nearest' as const, 'weighted' as const, 'failover' as const),
    minimum: fc.integer({ min: 1, max: 3 }),
    candidates,
    ttlSeconds: fc.integer({ min: 0, max: 200_000 }),
  })
  .map(({ ttlSeconds, ...choice }): RecordSet => {
    const data = choice.candidates.flatMap((candidate) => candidate.data);
    return validRecordSet({ name: 'a.example.com', type: 'A', ttlSeconds, data, choice });
  });

describe.each([
  ['Route 53', atRoute53(false)],
  ['Route 53 with health checks', atRoute53(true)],
  ['Cloud DNS', atGoogle()],
  ['Cloud DNS with a health check', atGoogle('projects/a/global/healthChecks/b')],
  ['Azure DNS', atAzure],
  ['Cloudflare', atCloudflare],
])('a set with a choice at %s', (_, asPublished) => {
  it('is a valid set that says some of what was wanted, and is published as it is', () => {
    fc.assert(
      fc.property(sets, (set) => {
        const published = asPublished(set);
        expect(validRecordSet(published)).toEqual(published);
        expect(asPublished(published)).toEqual(published);
        expect(published.data.length).toBeGreaterThan(0);
        expect(set.data).toEqual(expect.arrayContaining([...published.data]));
        if (set.choice?.policy !== 'failover') expect(published.data).toEqual(set.data);
      }),
    );
  });
});
