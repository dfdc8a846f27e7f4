import { expect, it } from 'vitest';
import { silentLogger as log, systemClock as clock } from '../../../src/component-base/index.ts';
import { openCoreDns } from '../coredns/open-coredns.ts';
import { openPowerDns } from '../powerdns/open-powerdns.ts';
import { openRfc2136 } from '../rfc2136/open-rfc2136.ts';
import { openProvider } from './open-provider.ts';
import type { SettingValue } from './provider-settings.ts';

const factories = { powerdns: openPowerDns, coredns: openCoreDns, rfc2136: openRfc2136 };

const opened = (provider: keyof typeof factories, config: Record<string, SettingValue>) =>
  openProvider({ provider, config, where: 'fleet.yaml' }, { factories, clock, log });

const powerDns = { url: 'http://127.0.0.1:8081/pdns', apiKey: 'secret' };
const coreDns = { 'etcd-endpoints': 'http://127.0.0.1:2379,http://127.0.0.2:2379', zones: 'Example.com.' };

it.each([
  ['powerdns', { ...powerDns, serverId: 'other', timeoutSeconds: 5, ca: 'PEM', cert: 'PEM', key: 'PEM' }],
  ['coredns', { ...coreDns, path: '/dns', user: 'koinon', password: 'secret', 'coredns-endpoints': '127.0.0.1:53' }],
  ['rfc2136', { server: '::1', port: 5353, tsigKeyName: 'k', tsigSecret: 'c2VjcmV0', tsigAlgorithm: 'hmac-sha512' }],
] as const)('opens %s by its keys', async (provider, config) => {
  await expect(opened(provider, config)).resolves.toHaveProperty('zone');
});

it.each([
  ['powerdns', { apiKey: 'x' }, '"url" is missing'],
  ['powerdns', { ...powerDns, url: 'ftp://x' }, '"url" has "ftp://x", which is no http or https URL'],
  ['powerdns', { ...powerDns, url: 'http://me:pass@x' }, '"url" has credentials in its URL'],
  ['powerdns', { url: powerDns.url }, '"apiKey" is missing, and so is "apiKeyFile"'],
  ['powerdns', { ...powerDns, cert: 'PEM' }, '"cert" needs "key" beside it'],
  ['powerdns', { ...powerDns, timeoutSeconds: 0 }, '"timeoutSeconds" is not a whole number from 1 to 600'],
  ['powerdns', { ...powerDns, zones: 'a' }, 'unknown key "zones"'],
  ['coredns', { zones: 'a' }, '"etcdEndpoints" is missing'],
  ['coredns', { 'etcd-endpoints': coreDns['etcd-endpoints'] }, '"zones" is missing'],
  ['coredns', { ...coreDns, user: 'x' }, '"user" needs "password" beside it'],
  ['coredns', { ...coreDns, 'etcd-key-file': '/nowhere' }, '"etcdKeyFile" cannot be read'],
  ['rfc2136', { server: '127.0.0.1:53' }, '"server" is a name or an address, "port" beside it'],
  ['rfc2136', { server: 'a', tsigSecret: 'c2VjcmV0' }, '"tsigSecret" needs "tsigKeyName" beside it'],
  ['rfc2136', { server: 'a', tsigKeyName: 'k' }, '"tsigKeyName" needs "tsigSecret" or "tsigSecretFile" beside it'],
  ['rfc2136', { server: 'a', tsigKeyName: 'k', tsigSecret: '!' }, '"tsigKeyName" makes no key: TSIG key k'],
] as const)('does not open %s with %j: %s', async (provider, config, message) => {
  await expect(opened(provider, config)).rejects.toThrow(`fleet.yaml: ${message}`);
});
