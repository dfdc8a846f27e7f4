import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from './exit.ts';
import type { DnsProviderConfig, ProvidersConfig } from '../../federation/fleet/index.ts';

/** One provider, as the original's controller manager was told it. */
export interface DnsProviderFlags {
  readonly dnsProvider?: string;
  readonly dnsProviderConfig?: string;
  readonly dnsZoneName?: string;
  readonly dnsZoneId?: string;
}

export function addDnsProviderFlags(command: Command): Command {
  return command
    .option('--dns-provider <name>', 'also publish records there (docs/reference/dns.md#providers)')
    .option('--dns-provider-config <file>', 'what the provider is told: an INI file')
    .option('--dns-zone-name <zone>', 'the zone at the provider (default: the domain)')
    .option('--dns-zone-id <id>', 'which one, where the provider has several zones of that name');
}

/** The provider of the flags goes after those of the configuration. */
export function withProviders<C extends ProvidersConfig>(config: C, flags: DnsProviderFlags): C {
  const providers = [...(config.providers ?? []), ...providersOf(flags)];
  return providers.length === 0 ? config : { ...config, providers };
}

/** Throws for flags that lack the one that they belong to. */
export function providersOf(flags: DnsProviderFlags): readonly DnsProviderConfig[] {
  const { dnsProvider: provider, dnsProviderConfig: configFile, dnsZoneName: zone, dnsZoneId: zoneId } = flags;
  if (provider === undefined) {
    const [lonely] = [
      configFile === undefined ? [] : ['--dns-provider-config'],
      zone === undefined ? [] : ['--dns-zone-name'],
      zoneId === undefined ? [] : ['--dns-zone-id'],
    ].flat();
    if (lonely !== undefined) throw new UsageError(`${lonely} is about a provider: --dns-provider says which`);
    return [];
  }
  return [
    {
      provider,
      directory: process.cwd(),
      ...(configFile === undefined ? {} : { configFile: resolve(configFile) }),
      ...(zone === undefined ? {} : { zone: zone.toLowerCase().replace(/\.$/, '') }),
      ...(zoneId === undefined ? {} : { zoneId }),
    },
  ];
}
