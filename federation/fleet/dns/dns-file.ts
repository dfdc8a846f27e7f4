import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { checkedDocument } from '../checked-document.ts';
import { defaults, MAX_TTL_SECONDS } from '../config.ts';
import { parseDnsAddress } from './dns-address.ts';
import type { DnsConfig, DnsServerConfig } from './dns-config.ts';
import { resolveTransfers, transfersProblem, transfersSchemas, type TransfersFile } from './transfers-config.ts';
import { placesSchemas, resolvePlaces, type PlacesFile } from './places-config.ts';
import { protectionSchemas, resolveProtection, type ProtectionConfig } from './protection-config.ts';
import { providersProblem, providersSchemas, resolveProviders, type ProvidersFile } from './providers-config.ts';
import { queryLogSchemas, resolveQueryLog, type QueryLogConfig } from './query-log-config.ts';
import { resolveWorkers, workersSchemas, type WorkersConfig } from './workers-config.ts';
import { resolveZones, zonesSchemas, type ZonesConfig } from './zones-config.ts';

/** What can be said of the DNS server in a fleet file, or in a file of its own. */
export interface DnsServerFile
  extends PlacesFile, ProtectionConfig, TransfersFile, ProvidersFile, ZonesConfig, QueryLogConfig, WorkersConfig {}

/** `federation.dns` of a fleet file: everything may be left out. */
export interface DnsFile extends DnsServerFile {
  readonly address?: string;
  readonly ttlSeconds?: number;
}

const serverProperties = {
  ...placesSchemas,
  ...protectionSchemas,
  ...transfersSchemas,
  ...providersSchemas,
  ...zonesSchemas,
  ...queryLogSchemas,
  ...workersSchemas,
};

export const dnsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    address: { type: 'string', format: 'dns-address' },
    ttlSeconds: { type: 'integer', minimum: 0, maximum: MAX_TTL_SECONDS },
    ...serverProperties,
  },
};

export function resolveDns({ address, ttlSeconds, ...server }: DnsFile, directory: string): DnsConfig {
  return {
    ...parseDnsAddress(address ?? defaults.dnsAddress),
    ttlSeconds: ttlSeconds ?? defaults.ttlSeconds,
    ...resolveDnsServer(server, directory),
  };
}

/**
 * What a file says of a server that is told all else by flags: the keys of `federation.dns` but `address` and
 * `ttlSeconds`. Throws `FleetConfigError`.
 */
export async function readDnsServerFile(path: string): Promise<DnsServerConfig> {
  const schema = { type: 'object', additionalProperties: false, properties: serverProperties };
  const { value, problemAt } = await checkedDocument<DnsServerFile>(await readFile(path, 'utf8'), path, schema);
  const config = resolveDnsServer(value, dirname(path));
  const problem = transfersProblem(config) ?? providersProblem(config);
  if (problem !== undefined) throw problemAt(problem.path, problem.text);
  return config;
}

function resolveDnsServer(file: DnsServerFile, directory: string): DnsServerConfig {
  return {
    ...resolvePlaces(file, directory),
    ...resolveProtection(file, directory),
    ...resolveTransfers(file, directory),
    ...resolveProviders(file, directory),
    ...resolveZones(file),
    ...resolveQueryLog(file),
    ...resolveWorkers(file),
  };
}
