import type { PlacesConfig } from './places-config.ts';
import type { ProtectionConfig } from './protection-config.ts';
import type { ProvidersConfig } from './providers-config.ts';
import type { QueryLogConfig } from './query-log-config.ts';
import type { TransfersConfig } from './transfers-config.ts';
import type { WorkersConfig } from './workers-config.ts';
import type { ZonesConfig } from './zones-config.ts';

/** What is said of the federation's DNS server beside where it answers; each concern has keys and a file of its own. Paths are absolute. */
export interface DnsServerConfig
  extends
    PlacesConfig,
    ProtectionConfig,
    TransfersConfig,
    ProvidersConfig,
    ZonesConfig,
    QueryLogConfig,
    WorkersConfig {}

export interface DnsConfig extends DnsServerConfig {
  readonly host: string;
  readonly port: number;
  readonly ttlSeconds: number;
}
