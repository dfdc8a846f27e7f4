import { Counter, type Registry } from '../../../src/component-base/index.ts';
import type { CountedSince } from './worker-protocol.ts';

/** Gives what the counters of a registry have counted since it was called last. */
export function countedSince(registry: Registry): () => Promise<CountedSince[]> {
  const before = new Map<string, number>();
  return async () => {
    const counts: CountedSince[] = [];
    for (const { name, type, values } of await registry.getMetricsAsJSON()) {
      // @NOTE prom-client has the name of the type here, although it says that it is a number.
      if ((type as unknown) !== 'counter') continue;
      for (const { labels, value } of values) {
        const key = JSON.stringify([name, labels]);
        const count = value - (before.get(key) ?? 0);
        before.set(key, value);
        if (count > 0) counts.push({ name, labels: definedOf(labels), count });
      }
    }
    return counts;
  };
}

/** Counts in another registry that has the same counters; what it has not is nobody's business there. */
export function addCounts(registry: Registry | undefined, counts: readonly CountedSince[]): void {
  for (const { name, labels, count } of counts) {
    const metric = registry?.getSingleMetric(name);
    if (metric instanceof Counter) metric.inc(labels, count);
  }
}

function definedOf(labels: Readonly<Partial<Record<string, string | number>>>): Record<string, string | number> {
  const defined: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(labels)) if (value !== undefined) defined[name] = value;
  return defined;
}
