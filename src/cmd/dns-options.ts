import { resolve } from 'node:path';
import { openGeo, type LocalDnsOptions } from '../../dns/provider/index.ts';
import type { Logger } from '../component-base/index.ts';
import { protectionOptions } from './dns-protection.ts';
import { transferOptions, type ZoneOwner } from './dns-transfers.ts';
import { dnsZones, readDnsServerFile, type DnsServerConfig } from '../../federation/fleet/index.ts';

/** What the DNS server is told, as its configuration says. */
export async function dnsServerOptions(
  config: DnsServerConfig,
  owner: ZoneOwner,
  log: Logger,
): Promise<Pick<LocalDnsOptions, 'protection' | 'zones' | 'places' | 'queryLog' | 'transfer' | 'workers'>> {
  const zones = await dnsZones(config, owner);
  const transfer = await transferOptions(config, owner);
  const protection = await protectionOptions(config);
  return {
    zones,
    places: await placesOf(config, log),
    protection,
    ...(config.queryLog === undefined ? {} : { queryLog: config.queryLog }),
    ...(config.workers === undefined ? {} : { workers: config.workers }),
    ...(transfer === undefined ? {} : { transfer }),
  };
}

async function placesOf(
  { places = [], geo }: DnsServerConfig,
  log: Logger,
): Promise<NonNullable<LocalDnsOptions['places']>> {
  const configured = places.flatMap(({ cidrs, ...place }) =>
    cidrs.map((cidr) => ({ cidr, place: { ...place, source: 'configuration' } })),
  );
  if (geo === undefined) return { configured };
  return { configured, geo: await openGeo(geo, log) };
}

/** By the flag `--dns-config`. */
export async function dnsConfigOf({ dnsConfig }: { readonly dnsConfig?: string }): Promise<DnsServerConfig> {
  return dnsConfig === undefined ? {} : readDnsServerFile(resolve(dnsConfig));
}
