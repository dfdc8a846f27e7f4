import { Registry } from 'prom-client';

export { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** One registry per control plane, passed in; never prom-client's default one. */
export function createMetrics(): Registry {
  return new Registry();
}
