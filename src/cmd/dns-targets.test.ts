import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { DnsProviderConfig } from '../../federation/fleet/index.ts';
import { silentLogger as log, systemClock as clock } from '../component-base/index.ts';
import { providersOf } from './dns-provider-flags.ts';
import { openTargets } from './dns-targets.ts';

const POWERDNS = { provider: 'powerdns', config: { url: 'http://127.0.0.1:1' } };

async function opened(...entries: readonly Partial<DnsProviderConfig>[]) {
  const directory = await mkdtemp(join(tmpdir(), 'koinon-targets-'));
  try {
    await writeFile(join(directory, 'key'), 'secret');
    const { config } = POWERDNS;
    const configs = entries.map((entry) => ({
      ...POWERDNS,
      directory,
      config: { ...config, apiKeyFile: 'key' },
      ...entry,
    }));
    await using open = await openTargets(configs, { federation: 'Fed', domain: 'fed.example.com', clock, log });
    return open.targets;
  } finally {
    await rm(directory, { recursive: true });
  }
}

it.each<[string, Omit<DnsProviderConfig, 'provider'>, object]>([
  ['the zone of the federation', {}, { zoneName: 'fed.example.com', suffix: 'fed.example.com', owner: 'fed' }],
  ['a zone above it', { zone: 'example.com' }, { zoneName: 'example.com', suffix: 'fed.example.com' }],
  ['another zone', { zone: 'acme.org' }, { zoneName: 'acme.org', suffix: 'acme.org' }],
  ['a suffix', { zone: 'acme.org', suffix: 'k8s.acme.org' }, { zoneName: 'acme.org', suffix: 'k8s.acme.org' }],
  ['an owner', { owner: 'blue' }, { owner: 'blue' }],
  ['times', { ttlSeconds: 5, resyncSeconds: 60, dryRun: true }, { ttlSeconds: 5, resyncMs: 60_000, dryRun: true }],
])('publishes in %s', async (_, entry, expected) => {
  expect((await opened(entry))[0]).toMatchObject({ name: 'powerdns', ...expected });
});

it('claims nothing where names alone tell whose they are', async () => {
  expect((await opened({ ownership: 'names' }))[0]).not.toHaveProperty('owner');
});

it('tells addresses by prefix, and takes Services by label', async () => {
  const [target] = await opened({
    addresses: ['203.0.113.0/24', '2001:db8::/32'],
    exceptAddresses: ['203.0.113.7'],
    serviceSelector: 'tier=web',
  });
  const addresses = ['203.0.113.1', '203.0.113.7', '10.0.0.1', '2001:db8::1', 'fd00::1'];
  expect(addresses.filter((address) => target?.tells?.(address))).toEqual(['203.0.113.1', '2001:db8::1']);
  const service = (tier: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { labels: { tier } } });
  expect([target?.takes?.(service('web')), target?.takes?.(service('db'))]).toEqual([true, false]);
});

it.each<[string, readonly Partial<DnsProviderConfig>[]]>([
  ['there is no DNS provider "bind"; there are ', [{ provider: 'bind' }]],
  ['DNS provider "powerdns" is configured twice', [{}, {}]],
  ['names that end in a.org cannot be published in zone b.org', [{ zone: 'b.org', suffix: 'a.org' }]],
  ['"serviceSelector" is no label selector', [{ serviceSelector: '=,=' }]],
  [
    'DNS provider powerdns: unknown key "sever"',
    [{ config: { url: 'http://127.0.0.1:1', apiKeyFile: 'key', sever: 'x' } }],
  ],
])('refuses: %s', async (message, entries) => {
  await expect(opened(...entries)).rejects.toThrow(message);
});

it('takes one provider by the flags of the original', () => {
  expect(
    providersOf({
      dnsProvider: 'aws-route53',
      dnsZoneName: 'Example.com.',
      dnsZoneId: 'Z1',
      dnsProviderConfig: '/x.ini',
    }),
  ).toEqual([
    { provider: 'aws-route53', directory: process.cwd(), configFile: '/x.ini', zone: 'example.com', zoneId: 'Z1' },
  ]);
  expect(providersOf({})).toEqual([]);
  expect(() => providersOf({ dnsZoneId: 'Z1' })).toThrow('--dns-zone-id is about a provider');
});
