import { describe, expect, it } from 'vitest';
import type { Candidate, Choice, RecordSet } from '../../zone/index.ts';
import { ProviderSettings } from '../config/provider-settings.ts';
import { parsePlaces } from '../remote/places.ts';
import { locationTerms } from './locations.ts';
import { heldRecordSet, wantedRecords } from './record-sets.ts';

const aws = ['us-east-1', 'eu-west-1', 'eu-central-1'];
const regions = ['europe=eu-west-1', 'home=48.85/2.35'];
const locations = parsePlaces(
  new ProviderSettings({ values: { regions }, where: 'test', directory: '/' }),
  locationTerms(aws),
);
const options = { locations, checked: false };

function set(policy: Choice['policy'], ...candidates: readonly Omit<Candidate, 'data'>[]): RecordSet {
  const all = candidates.map((candidate, index) => ({ ...candidate, data: [`192.0.2.${index}`] }));
  const data = all.flatMap((candidate) => candidate.data);
  return { name: 'a.example.com', type: 'A', ttlSeconds: 60, data, choice: { policy, candidates: all } };
}

const routings = (wanted: RecordSet, checked = false) =>
  wantedRecords(wanted, { locations, checked }).map(
    ({ record: { Name: _, Type: __, TTL: ___, ResourceRecords, ...routing } }) => [
      routing,
      ResourceRecords?.map(({ Value }) => Value).join(' '),
    ],
  );

describe('records of Route 53', () => {
  it('have the weights of candidates, within what it takes', () => {
    expect(routings(set('weighted', { name: 'a', weight: 3 }, { name: 'b' }, { name: 'c', weight: 0 }))).toEqual([
      [{ SetIdentifier: 'a', Weight: 3 }, '192.0.2.0'],
      [{ SetIdentifier: 'b', Weight: 1 }, '192.0.2.1'],
      [{ SetIdentifier: 'c', Weight: 0 }, '192.0.2.2'],
    ]);
    const large = routings(
      set('weighted', { name: 'a', weight: 1000 }, { name: 'b', weight: 500 }, { name: 'c', weight: 0.1 }),
    );
    expect(large.map(([routing]) => routing)).toMatchObject([{ Weight: 255 }, { Weight: 128 }, { Weight: 1 }]);
  });

  it('have a region of AWS each, which clusters in one share', () => {
    const wanted = set(
      'nearest',
      { name: 'a', region: 'us-east-1' },
      { name: 'c', region: 'europe' },
      { name: 'b', region: 'eu-west-1' },
    );
    expect(routings(wanted)).toEqual([
      [{ SetIdentifier: 'a', Region: 'us-east-1' }, '192.0.2.0'],
      [{ SetIdentifier: 'b', Region: 'eu-west-1' }, '192.0.2.1 192.0.2.2'],
    ]);
  });

  it('go by distance where a region is a place on earth', () => {
    expect(routings(set('nearest', { name: 'a', region: 'us-east-1' }, { name: 'b', region: 'home' }))).toEqual([
      [{ SetIdentifier: 'a', GeoProximityLocation: { AWSRegion: 'us-east-1' } }, '192.0.2.0'],
      [
        { SetIdentifier: 'b', GeoProximityLocation: { Coordinates: { Latitude: '48.85', Longitude: '2.35' } } },
        '192.0.2.1',
      ],
    ]);
  });

  it('are the first in order and the next, where health is checked', () => {
    const wanted = set('failover', { name: 'c', order: 1 }, { name: 'b', order: 2 }, { name: 'a' }, { name: 'd' });
    expect(routings(wanted, true)).toEqual([
      [{ SetIdentifier: 'a', Failover: 'PRIMARY' }, '192.0.2.2 192.0.2.3'],
      [{ SetIdentifier: 'c', Failover: 'SECONDARY' }, '192.0.2.0'],
    ]);
  });

  it.each<[string, RecordSet, string]>([
    [
      'what goes first, where health is not checked',
      set('failover', { name: 'b', order: 1 }, { name: 'a' }),
      '192.0.2.1',
    ],
    [
      'all, where nobody said the place of a region',
      set('nearest', { name: 'a', region: 'us-east-1' }, { name: 'b', region: 'moon' }),
      '192.0.2.0 192.0.2.1',
    ],
    [
      'all, where a cluster has no region',
      set('nearest', { name: 'a', region: 'us-east-1' }, { name: 'b' }),
      '192.0.2.0 192.0.2.1',
    ],
    [
      'all, where all are in one place',
      set('nearest', { name: 'a', region: 'europe' }, { name: 'b', region: 'eu-west-1' }),
      '192.0.2.0 192.0.2.1',
    ],
    ['the only one', set('weighted', { name: 'a' }), '192.0.2.0'],
  ])('are one for everybody with %s', (_, wanted, data) => {
    expect(routings(wanted)).toEqual([[{}, data]]);
  });

  it.each<[string, RecordSet, boolean]>([
    ['weights', set('weighted', { name: 'a', weight: 3000 }, { name: 'b', zones: ['z'] }), false],
    [
      'regions',
      set('nearest', { name: 'b', region: 'europe' }, { name: 'a', region: 'us-east-1', capacity: 0.5 }),
      false,
    ],
    ['places', set('nearest', { name: 'a', region: 'home' }, { name: 'b', region: 'eu-central-1' }), false],
    ['an order', set('failover', { name: 'a', order: 9 }, { name: 'b', order: 3 }, { name: 'c', order: 4 }), true],
    [
      'no choice',
      { name: '*.example.com', type: 'TXT', ttlSeconds: 5, data: ['"a\\002" "b"', 'a\\ "b" \u00e9'] },
      false,
    ],
  ])('are read as they were written: %s', (_, wanted, checked) => {
    const written = (from: RecordSet) =>
      wantedRecords(from, { locations, checked }).map(({ record }) =>
        checked ? { ...record, HealthCheckId: 'x' } : record,
      );
    const read = heldRecordSet(written(wanted), { locations, checked });
    expect(read).toMatchObject({ name: wanted.name, ttlSeconds: wanted.ttlSeconds });
    if (typeof read === 'string') return;
    expect(heldRecordSet(written(read), { locations, checked })).toEqual(read);
    expect(read.choice?.policy).toBe(wanted.choice?.policy);
  });

  it('differ from what is wanted when one has another TTL, or no health check', () => {
    const wanted = set('weighted', { name: 'a' }, { name: 'b' });
    const [first, second] = wantedRecords(wanted, options).map(({ record }) => record);
    if (first === undefined || second === undefined) throw new Error('there are two');
    const whole = heldRecordSet([first, second], options);
    expect(heldRecordSet([first, { ...second, TTL: 5 }], options)).not.toEqual(whole);
    expect(heldRecordSet([first, second], { ...options, checked: true })).not.toEqual(whole);
    expect(heldRecordSet([first, { ...second, HealthCheckId: 'x' }], options)).not.toEqual(whole);
  });

  it.each([
    [{ AliasTarget: { HostedZoneId: 'Z', DNSName: 'x.', EvaluateTargetHealth: false } }, 'an alias'],
    [{ SetIdentifier: 'x', GeoLocation: { ContinentCode: 'EU' } }, 'answered by geolocation'],
    [{ SetIdentifier: 'x', MultiValueAnswer: true }, 'a multivalue answer'],
    [{ TrafficPolicyInstanceId: 'x' }, 'of a traffic policy'],
    [{ CidrRoutingConfig: { CollectionId: 'x', LocationName: 'y' } }, 'answered by address ranges'],
  ])('are none of ours when they are %j', (routing, what) => {
    const record = {
      Name: 'a.example.com.',
      Type: 'A' as const,
      TTL: 5,
      ResourceRecords: [{ Value: '192.0.2.1' }],
      ...routing,
    };
    expect(heldRecordSet([record], options)).toBe(`it is ${what}, which was made otherwise`);
  });
});
