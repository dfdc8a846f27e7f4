import { Counter, Gauge, type Registry as MetricsRegistry } from '../../component-base/index.ts';

export type RefusalReason = 'connections' | 'streams' | 'slow' | 'stopping';

/** What becomes of connections, and of requests that never reach the API. */
export class ConnectionMetrics {
  readonly #open: Gauge;
  readonly #refused: Counter<'reason'>;

  constructor(metrics: MetricsRegistry) {
    const registers = [metrics];
    this.#open = new Gauge({
      name: 'koinon_apiserver_connections',
      help: 'Connections of clients that are open.',
      registers,
    });
    this.#refused = new Counter({
      name: 'koinon_apiserver_refused_total',
      help: 'Connections and requests turned away: too many connections or streams, too slow, or the server stops.',
      labelNames: ['reason'],
      registers,
    });
  }

  opened(): void {
    this.#open.inc();
  }

  closed(): void {
    this.#open.dec();
  }

  refused(reason: RefusalReason): void {
    this.#refused.inc({ reason });
  }
}
