import { DnsProviderError, type DnsProvider, type DnsZone } from '../../dns/provider/index.ts';
import { Counter, Histogram, type Clock, type Registry } from '../../src/component-base/index.ts';

/** A provider of which is told what was changed there, how long that took and what it refused. */
export function observedProvider(provider: DnsProvider, metrics: Registry, clock: Clock): DnsProvider {
  const changes = new Counter({
    name: 'koinon_dns_record_changes_total',
    help: 'Record sets changed at the DNS provider.',
    labelNames: ['zone', 'action'],
    registers: [metrics],
  });
  const durations = new Histogram({
    name: 'koinon_dns_provider_duration_seconds',
    help: 'Time until the DNS provider has answered a change.',
    labelNames: ['zone', 'result'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30],
    registers: [metrics],
  });
  const observed = (zone: DnsZone): DnsZone => ({
    name: zone.name,
    list: (signal) => zone.list(signal),
    apply: async (asked, signal) => {
      const from = clock.now();
      let result = 'failed';
      try {
        await zone.apply(asked, signal);
        result = 'ok';
        changes.inc({ zone: zone.name, action: 'upsert' }, asked.upsert.length);
        changes.inc({ zone: zone.name, action: 'remove' }, asked.remove.length);
      } catch (err) {
        if (err instanceof DnsProviderError) result = err.code;
        throw err;
      } finally {
        durations.observe({ zone: zone.name, result }, (clock.now() - from) / 1000);
      }
    },
  });
  return { zone: async (name, signal) => observed(await provider.zone(name, signal)) };
}
