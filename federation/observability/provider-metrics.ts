import { DnsProviderError, type DnsProvider, type DnsZone } from '../../dns/provider/index.ts';
import {
  aborted,
  Counter,
  Gauge,
  Histogram,
  type Clock,
  type Registry,
  type Runnable,
} from '../../src/component-base/index.ts';
import type { PublishingState } from '../service-dns/index.ts';

/** Somebody who publishes at one place. */
export interface Publisher {
  state(): PublishingState;
}

/** What is told of the places where records are published: what was changed there, how long that took, and what waits. */
export class ProviderMetrics {
  readonly #clock: Clock;
  readonly #publishers = new Set<Publisher>();
  readonly #changes: Counter<'provider' | 'zone' | 'action'>;
  readonly #durations: Histogram<'provider' | 'zone' | 'result'>;

  constructor(metrics: Registry, clock: Clock) {
    this.#clock = clock;
    const registers = [metrics];
    this.#changes = new Counter({
      name: 'koinon_dns_record_changes_total',
      help: 'Record sets changed at the DNS provider.',
      labelNames: ['provider', 'zone', 'action'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'koinon_dns_provider_duration_seconds',
      help: 'Time until the DNS provider has answered a change.',
      labelNames: ['provider', 'zone', 'result'],
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 120],
      registers,
    });
    const gauge = (name: string, help: string, value: (state: PublishingState) => number) => {
      const tell = (gauge: Gauge) => {
        this.#tell(gauge, value);
      };
      new Gauge({
        name,
        help,
        labelNames: ['provider', 'zone'],
        registers,
        collect() {
          tell(this);
        },
      });
    };
    gauge('koinon_dns_services_waiting', 'Services whose records are to be published.', ({ waiting }) => waiting);
    gauge(
      'koinon_dns_longest_wait_seconds',
      'Since when the longest waiting of them waits; 0 while none does.',
      (state) => (state.waitingSince === undefined ? 0 : (clock.now() - state.waitingSince) / 1000),
    );
    gauge('koinon_dns_services_stuck', 'Services whose records cannot be published.', ({ stuck }) => stuck.size);
    gauge('koinon_dns_provider_failing', '1 while the DNS provider does not do what it is asked.', ({ problem }) =>
      problem === undefined ? 0 : 1,
    );
  }

  /** A provider of which is told what is changed there, and what it refuses. */
  observed(name: string, provider: DnsProvider): DnsProvider {
    return {
      zone: async (zone, signal) => this.#observedZone(name, await provider.zone(zone, signal)),
    };
  }

  /** As long as it runs it is told what waits to be published. */
  following(publishers: readonly Publisher[]): Runnable {
    return {
      name: 'dns-publishing-metrics',
      run: async (signal, ready) => {
        for (const publisher of publishers) this.#publishers.add(publisher);
        ready();
        await aborted(signal);
        for (const publisher of publishers) this.#publishers.delete(publisher);
      },
    };
  }

  #tell(gauge: Gauge, value: (state: PublishingState) => number): void {
    gauge.reset();
    for (const publisher of this.#publishers) {
      const state = publisher.state();
      gauge.set({ provider: state.target, zone: state.zone }, value(state));
    }
  }

  #observedZone(provider: string, zone: DnsZone): DnsZone {
    const labels = { provider, zone: zone.name };
    return {
      name: zone.name,
      list: (signal) => zone.list(signal),
      ...(zone.asPublished === undefined ? {} : { asPublished: (set) => zone.asPublished?.(set) ?? set }),
      apply: async (asked, signal) => {
        const from = this.#clock.now();
        let result = 'failed';
        try {
          await zone.apply(asked, signal);
          result = 'ok';
          this.#changes.inc({ ...labels, action: 'upsert' }, asked.upsert.length);
          this.#changes.inc({ ...labels, action: 'remove' }, asked.remove.length);
        } catch (err) {
          if (err instanceof DnsProviderError) result = err.code;
          throw err;
        } finally {
          this.#durations.observe({ ...labels, result }, (this.#clock.now() - from) / 1000);
        }
      },
    };
  }
}
