import type { DnsProvider } from '../../dns/provider/index.ts';
import type { Service } from '../../src/apis/index.ts';

/** One place where records are published: a zone at a provider, and what of the federation it is to have. */
export interface PublishTarget {
  /** In status, metrics and logs; unique. */
  readonly name: string;
  readonly provider: DnsProvider;
  /** At the provider. */
  readonly zoneName: string;
  /** What the names end in; the zone itself when absent. */
  readonly suffix?: string;
  readonly ttlSeconds?: number;
  /**
   * Whose records those of this federation are, by TXT records beside them. Without it every name of the federation in this
   * zone is ours, and nobody else publishes any.
   */
  readonly owner?: string;
  /** All when absent. */
  readonly takes?: (service: Service) => boolean;
  /** Which addresses of load balancers are told there; all when absent. */
  readonly tells?: (address: string) => boolean;
  /** How often the zone is read again and repaired; 5 minutes. */
  readonly resyncMs?: number;
  /** Between two changes, so that they gather; 0. */
  readonly pauseMs?: number;
  /** Changes are told in the log and not made. */
  readonly dryRun?: boolean;
}
