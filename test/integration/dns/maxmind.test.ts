import { describe, expect, it } from 'vitest';
import { openGeo, parseClientAddress } from '../../../dns/choice/index.ts';
import { createLogger, silentLogger } from '../../../src/component-base/index.ts';
import { maxmindFile, maxmindFiles, mmdblookup, withoutMaxmind } from '../../harness/maxmind.ts';

// Of networks that are in the databases, and of others.
const addresses = [
  ...['216.160.83.57', '81.2.69.142', '81.2.69.160', '81.2.69.192', '2.125.160.216', '89.160.20.112', '89.160.20.128'],
  ...[
    '67.43.156.1',
    '175.16.199.1',
    '202.196.224.9',
    '217.65.48.1',
    '1.1.1.1',
    '10.0.0.1',
    '127.0.0.1',
    '255.255.255.255',
  ],
  ...[
    '2001:218::1',
    '2001:220::1',
    '2001:252::',
    '2a02:d500::1',
    '2a02:cf40::1',
    '2a02:ff40::',
    '::1',
    'fe80::1',
    'ff02::1',
  ],
];
const bytesOf = (address: string) => parseClientAddress(address)!.bytes;

describe.skipIf(withoutMaxmind())('databases that MaxMind tests its readers with', () => {
  it.each(['GeoIP2-Country-Test.mmdb', 'GeoIP2-City-Test.mmdb', 'GeoIP2-Precision-Enterprise-Test.mmdb'])(
    'places clients by %s as its own reader does',
    async (name) => {
      const database = maxmindFile(name);
      const found = await Promise.all(addresses.map((address) => mmdblookup(database, address)));
      const countries = [...new Set(found.flatMap(({ country }) => country ?? []))];
      const subdivisions = [...new Set(found.flatMap(({ subdivision }) => subdivision ?? []))];
      expect(countries.length).toBeGreaterThan(5);
      expect(subdivisions.length > 0).toBe(!name.includes('Country'));
      const places = [
        ...countries.map((country) => ({ countries: [country], region: country })),
        ...subdivisions.map((subdivision) => ({ subdivisions: [subdivision], region: subdivision })),
      ];
      const geo = await openGeo({ database, places }, silentLogger);
      const ours = addresses.map((address) => {
        const { place, scope } = geo.locate(bytesOf(address));
        return { address, region: place?.region, scope };
      });
      expect(ours).toEqual(
        found.map(({ country, subdivision, prefixLength }, at) => {
          const address = addresses[at] ?? '';
          // It counts the prefix of an IPv4 address as that of `::192.0.2.1`.
          const scope = address.includes(':') ? prefixLength : prefixLength - 96;
          return { address, region: subdivision ?? country, scope };
        }),
      );
    },
  );

  it('are refused or say nothing where they are broken, and fail no look-up', async () => {
    const lines: string[] = [];
    const log = createLogger({ destination: { write: (line: string) => lines.push(line) } });
    const refused: string[] = [];
    for (const database of maxmindFiles()) {
      const geo = await openGeo({ database, places: [{ continents: ['EU'], region: 'eu' }] }, log).catch(
        (err: unknown) => {
          refused.push(String(err).replace(database, 'it'));
          return undefined;
        },
      );
      for (const address of addresses) geo?.locate(bytesOf(address));
    }
    expect(
      refused.filter((text) => text.startsWith('Error: it is no database of places')).length,
    ).toBeGreaterThanOrEqual(8);
    expect(refused).toContain('Error: it is a database of type GeoLite2-ASN, which tells no countries');
    const broken = lines.filter((line) => line.includes('GeoIP2-City-Test-Invalid-Node-Count.mmdb'));
    expect(broken).toHaveLength(1);
    expect(broken[0]).toContain('not readable');
  });
});
