import { expect, it } from 'vitest';
import { parseFleetConfig } from '../config-file.ts';

const parse = (providers: string) =>
  parseFleetConfig(`federation:\n  dns:\n    providers:\n${providers}`, '/etc/koinon/fleet.yaml');

it('takes providers, with files relative to the fleet file', async () => {
  const { federation } = await parse(`
      - { provider: route53, zone: example.org, zoneId: Z1, addresses: [203.0.113.0/24], serviceSelector: tier=web }
      - { provider: rfc2136, name: inside, ownership: names, configFile: inside.ini, dryRun: true }
      - { provider: powerdns, config: { url: "http://127.0.0.1:8081", apiKeyFile: key, retries: 3, names: [a, b] } }
`);
  expect(federation.dns.providers).toEqual([
    {
      provider: 'route53',
      zone: 'example.org',
      zoneId: 'Z1',
      addresses: ['203.0.113.0/24'],
      serviceSelector: 'tier=web',
      directory: '/etc/koinon',
    },
    {
      provider: 'rfc2136',
      name: 'inside',
      ownership: 'names',
      configFile: '/etc/koinon/inside.ini',
      dryRun: true,
      directory: '/etc/koinon',
    },
    {
      provider: 'powerdns',
      config: { url: 'http://127.0.0.1:8081', apiKeyFile: 'key', retries: 3, names: ['a', 'b'] },
      directory: '/etc/koinon',
    },
  ]);
});

it.each([
  ['      - { name: x }', ':4: federation.dns.providers[0]: "provider" is missing'],
  ['      - { provider: x, zones: y }', ':4: federation.dns.providers[0]: unknown key "zones"'],
  [
    '      - provider: x\n      - provider: x',
    ':5: federation.dns.providers[1].name: "x" is there already: give each a name of its own',
  ],
  ['      - { provider: x, name: local }', ':4: federation.dns.providers[0].name: "local" is there already'],
  [
    '      - { provider: x, config: { a: b }, configFile: c }',
    ':4: federation.dns.providers[0].configFile: is in place of "config"',
  ],
  [
    '      - { provider: x, ownership: names, owner: me }',
    ':4: federation.dns.providers[0].owner: is for "ownership: txt"',
  ],
  [
    '      - { provider: x, config: { tsig-secret: aGk= } }',
    ':4: federation.dns.providers[0].config.tsig-secret: is no place for a secret: write it into a file, and name that as "tsig-secretFile"',
  ],
  [
    '      - { provider: x, addresses: [nowhere] }',
    ':4: federation.dns.providers[0].addresses[0]: is not a prefix such as',
  ],
])('refuses %s', async (text, message) => {
  await expect(parse(text)).rejects.toThrow(`fleet.yaml${message}`);
});
