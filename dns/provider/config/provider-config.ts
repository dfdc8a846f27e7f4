import type { Clock, Logger } from '../../../src/component-base/index.ts';
import type { DnsProvider } from '../dns-provider.ts';
import type { ProviderSettings } from './provider-settings.ts';

/** What a provider is made of. */
export interface ProviderConfig {
  /** The provider's own keys; what the factory did not ask for is refused after it has returned. */
  readonly settings: ProviderSettings;
  /** At a provider that may have several zones of one name: which of them. */
  readonly zoneId?: string;
  readonly clock: Clock;
  /** Of a component of its own. Never shown a credential. */
  readonly log: Logger;
}

/** Disposed of when nobody publishes there any longer, if it holds connections. */
export type OpenProvider = DnsProvider & Partial<AsyncDisposable>;

/**
 * Reads the settings and rejects with `ProviderConfigError` on bad ones; where a package is missing the message names it.
 * Asks nothing of the network: what is out of reach now may answer later.
 */
export type ProviderFactory = (config: ProviderConfig) => Promise<OpenProvider>;
