import type { DnsAddress, UpstreamLimits } from '../../../dns/server/index.ts';

/** `insecure` believes what a name says of an address; `verified` asks that a pod has it. */
export type PodNames = 'disabled' | 'insecure' | 'verified';

/** What the DNS of a cluster may be told by ConfigMaps. */
export interface DnsConfig {
  /** Federation name to domain. */
  readonly federations: ReadonlyMap<string, string>;
  /** Domain to the servers that answer for it and all below. */
  readonly stubDomains: ReadonlyMap<string, readonly DnsAddress[]>;
  /** In place of the ones given at start, when there are any. */
  readonly upstreamNameservers: readonly DnsAddress[];
  readonly limits: UpstreamLimits;
  readonly pods: PodNames;
  readonly serviceTtlSeconds: number;
  /** Names of nobody else's, to their addresses. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
}

export interface ParsedDnsConfig {
  readonly config: Partial<DnsConfig>;
  /** One sentence for each key or line that is not as it should be; such a one counts as absent. */
  readonly problems: readonly string[];
}

export const usualConfig: DnsConfig = {
  federations: new Map(),
  stubDomains: new Map(),
  upstreamNameservers: [],
  limits: { successSeconds: 3600, denialSeconds: 1800, staleSeconds: 3600 },
  pods: 'insecure',
  serviceTtlSeconds: 30,
  hosts: new Map(),
};

/** Of several, later ones count for more; of maps, entry by entry. */
export function mergedConfig(...configs: readonly Partial<DnsConfig>[]): DnsConfig {
  let merged = usualConfig;
  for (const config of configs) {
    const { federations, stubDomains, hosts } = merged;
    const { upstreamNameservers = [] } = config;
    merged = {
      ...merged,
      ...config,
      ...(upstreamNameservers.length > 0 ? {} : { upstreamNameservers: merged.upstreamNameservers }),
      federations: new Map([...federations, ...(config.federations ?? [])]),
      stubDomains: new Map([...stubDomains, ...(config.stubDomains ?? [])]),
      hosts: new Map([...hosts, ...(config.hosts ?? [])]),
    };
  }
  return merged;
}
