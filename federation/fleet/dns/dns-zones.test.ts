import { expect, it } from 'vitest';
import { parseFleetConfig } from '../config-file.ts';
import { dnsZones, zonesProblem } from './dns-zones.ts';
import type { DnsZoneConfig } from './zones-config.ts';

const owner = { name: 'myfederation', domain: 'example.com' };

it('has the zone of the federation, as it is or as it is told, and those that are listed', async () => {
  expect(await dnsZones({}, owner)).toEqual([{ name: 'example.com' }]);
  const acme: DnsZoneConfig = {
    name: 'acme.com',
    ttlSeconds: 60,
    nameservers: [{ name: 'ns1.acme.com', addresses: ['192.0.2.53'] }],
    records: ['eu.nginx.acme.com CNAME nginx.ns.myfederation.svc.eu.example.com'],
  };
  const [own, other] = await dnsZones({ zones: [acme, { name: 'example.com', records: ['www A 192.0.2.80'] }] }, owner);
  expect(own?.records).toEqual([{ name: 'www.example.com', type: 'A', ttlSeconds: 180, data: ['192.0.2.80'] }]);
  expect(other).toEqual({
    ...acme,
    records: [
      {
        name: 'eu.nginx.acme.com',
        type: 'CNAME',
        ttlSeconds: 60,
        data: ['nginx.ns.myfederation.svc.eu.example.com'],
      },
    ],
  });
});

it.each<[string, readonly DnsZoneConfig[], (string | number)[], RegExp]>([
  ['a zone twice', [{ name: 'acme.com' }, { name: 'acme.com' }], ['zones', 1, 'name'], /twice/],
  ['a part of its domain', [{ name: 'eu.example.com' }], ['zones', 0, 'name'], /is a part of example\.com/],
  ['a zone with a bad name', [{ name: 'Acme.com' }], ['zones', 0], /label "Acme"/],
  ['a bad record', [{ name: 'acme.com', records: ['www A 192.0.2.1', 'x A y'] }], ['zones', 0, 'records', 1], /IPv4/],
  [
    'records that do not go together',
    [{ name: 'acme.com', records: ['x A 192.0.2.1', 'x CNAME y'] }],
    ['zones', 0],
    /CNAME/,
  ],
  ['name servers as a record', [{ name: 'acme.com', records: ['@ NS ns'] }], ['zones', 0, 'records', 0], /nameservers/],
  [
    'a name of a Service',
    [{ name: 'example.com', records: ['nginx.ns.myfederation.svc.eu.example.com A 192.0.2.1'] }],
    ['zones', 0, 'records'],
    /where the federation has names of Services/,
  ],
])('refuses %s', async (_, zones, path, text) => {
  const problem = await zonesProblem({ zones }, owner);
  expect(problem?.path).toEqual(path);
  expect(problem?.text).toMatch(text);
  await expect(dnsZones({ zones }, owner)).rejects.toThrow(text);
});

it('refuses transfers and updates of zones that are not there', async () => {
  const zones = [{ name: 'acme.com' }];
  const transfers = [{}, { zone: 'example.com' }, { zone: 'Acme.com.' }];
  expect(await zonesProblem({ zones, transfers }, owner)).toBeUndefined();
  expect(await zonesProblem({ zones, transfers: [...transfers, { zone: 'acme.org' }] }, owner)).toEqual({
    path: ['transfers', 3, 'zone'],
    text: 'acme.org is no zone that this server has',
  });
  const updates = [{ zone: 'acme.org', allow: [] }];
  await expect(dnsZones({ updates }, owner)).rejects.toThrow('updates.0.zone: acme.org is no zone');
});

it('says where in a fleet file it is', async () => {
  const text = 'federation:\n  dns:\n    zones:\n      - name: acme.com\n        records:\n          - www B c\n';
  await expect(parseFleetConfig(text, '/x/fleet.yaml')).rejects.toThrow(
    '/x/fleet.yaml:6: federation.dns.zones[0].records[0]: record "www B c": type B is not published',
  );
});
