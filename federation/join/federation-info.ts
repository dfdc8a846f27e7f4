import { configMaps } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { FEDERATION_SYSTEM_NAMESPACE } from '../apis/index.ts';
import { ensure } from './ensure.ts';

/** What somebody who joins a cluster has to know of the federation; kept at the federation itself. */
export interface FederationInfo {
  readonly name: string;
  /** What its DNS names end in. */
  readonly domain: string;
  /** `host:port` of servers that answer for that domain, for members whose own resolvers do not know it. */
  readonly nameservers: readonly string[];
  /** How long answers may be kept whose Service says nothing of it. */
  readonly ttlSeconds: number;
}

/** Before it was told. */
const DEFAULT_TTL_SECONDS = 180;

const KEY = { namespace: FEDERATION_SYSTEM_NAMESPACE, name: 'federation' };

/** Writes it where `readFederationInfo` looks. */
export async function publishFederationInfo(
  federation: Client,
  info: FederationInfo,
  signal: AbortSignal,
): Promise<void> {
  const { name, domain, nameservers, ttlSeconds } = info;
  const data = { name, domain, nameservers: nameservers.join(','), ttlSeconds: String(ttlSeconds) };
  await ensure(
    federation,
    configMaps,
    { metadata: KEY, data },
    { change: (present) => ({ ...present, data }), signal },
  );
}

/** Rejects with NotFound where the API is not a federation's. */
export async function readFederationInfo(federation: Client, signal: AbortSignal): Promise<FederationInfo> {
  const { data = {} } = await federation.get(configMaps, KEY, { signal });
  const { name = '', domain = '', nameservers = '', ttlSeconds = DEFAULT_TTL_SECONDS } = data;
  return {
    name,
    domain,
    nameservers: nameservers.split(',').filter((server) => server !== ''),
    ttlSeconds: Number(ttlSeconds),
  };
}
