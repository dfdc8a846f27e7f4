import type { Clock } from '../../../src/component-base/index.ts';
import { DnsProviderError, type DnsProvider } from '../dns-provider.ts';
import { RemoteZone } from '../remote/remote-zone.ts';
import { coreDnsZone } from './coredns-zone.ts';
import { createEtcdGateway, type EtcdGatewayOptions } from './etcd-gateway.ts';

export interface CoreDnsOptions extends EtcdGatewayOptions {
  /** That CoreDNS' `etcd` plugin is configured with: nothing in etcd tells. */
  readonly zones: readonly string[];
  /** The plugin's `path`; `/skydns`. */
  readonly path?: string;
  readonly clock: Clock;
}

/** Zones that CoreDNS serves from an etcd. */
export function createCoreDnsProvider({ zones, path = '/skydns', clock, ...etcd }: CoreDnsOptions): DnsProvider {
  const gateway = createEtcdGateway(etcd);
  return {
    zone: async (name, signal) => {
      signal?.throwIfAborted();
      if (!zones.includes(name))
        throw new DnsProviderError('NoSuchZone', `zone ${name} is none of CoreDNS' zones here`);
      return new RemoteZone(coreDnsZone(name, path, gateway), clock);
    },
  };
}
