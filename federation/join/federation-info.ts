import { configMaps, type ConfigMap } from '../../src/apis/index.ts';
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

/** Of control planes that have come and gone some may be left. */
const MOST_NAMESERVERS = 5;

const KEY = { namespace: FEDERATION_SYSTEM_NAMESPACE, name: 'federation' };

/**
 * Writes it where `readFederationInfo` looks. Nameservers that others have written stay where other control planes are
 * of the same federation.
 */
export async function publishFederationInfo(
  federation: Client,
  { isOneOfSeveral, ...info }: FederationInfo & { readonly isOneOfSeveral: boolean },
  signal: AbortSignal,
): Promise<void> {
  const dataBeside = (others: readonly string[]) => {
    const { name, domain, ttlSeconds } = info;
    const nameservers = [...new Set([...info.nameservers, ...others])].slice(0, MOST_NAMESERVERS);
    return { name, domain, nameservers: nameservers.join(','), ttlSeconds: String(ttlSeconds) };
  };
  const change = (present: ConfigMap) => {
    const others = isOneOfSeveral ? listed(present.data?.['nameservers']) : [];
    return { ...present, data: dataBeside(others) };
  };
  await ensure(federation, configMaps, { metadata: KEY, data: dataBeside([]) }, { change, signal });
}

/** Rejects with NotFound where the API is not a federation's. */
export async function readFederationInfo(federation: Client, signal: AbortSignal): Promise<FederationInfo> {
  const { data = {} } = await federation.get(configMaps, KEY, { signal });
  const { name = '', domain = '', nameservers = '', ttlSeconds = DEFAULT_TTL_SECONDS } = data;
  return {
    name,
    domain,
    nameservers: listed(nameservers),
    ttlSeconds: Number(ttlSeconds),
  };
}

function listed(text = ''): readonly string[] {
  return text.split(',').filter((server) => server !== '');
}
