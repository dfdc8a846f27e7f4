import { Counter, createMetrics, type Registry } from '../../../src/component-base/index.ts';

export interface UpstreamMetrics {
  readonly hits: { inc(): void };
  readonly misses: { inc(): void };
  readonly stale: { inc(): void };
  readonly silent: { inc(): void };
}

export function createUpstreamMetrics(registry: Registry = createMetrics()): UpstreamMetrics {
  const counter = (name: string, help: string) => new Counter({ name, help, registers: [registry] });
  return {
    hits: counter(
      'dns_upstream_cache_hits_total',
      'Questions for other servers that were answered from what they said before.',
    ),
    misses: counter('dns_upstream_cache_misses_total', 'Questions that other servers had to be asked.'),
    stale: counter('dns_upstream_stale_answers_total', 'Answers given beyond their time, while no server answered.'),
    silent: counter('dns_upstream_silent_total', 'Questions that a server did not answer in time.'),
  };
}
