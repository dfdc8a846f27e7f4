import { Counter, Gauge, Histogram, type Clock, type Registry } from '../component-base/index.ts';
import type { Key } from './contract.ts';

/** What a work queue tells of itself, under Kubernetes' names. */
export interface QueueMetrics {
  added(key: Key): void;
  depth(length: number): void;
  taken(key: Key, length: number): void;
  done(key: Key): void;
  retried(): void;
}

const BUCKETS = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10];
const labelNames = ['name'];

/** Several queues share one registry: each takes the metrics that are there already. */
export function createQueueMetrics(registry: Registry, name: string, clock: Clock): QueueMetrics {
  const adds = counter(registry, 'workqueue_adds_total', 'Keys added to the queue.').labels(name);
  const retries = counter(registry, 'workqueue_retries_total', 'Keys added again after a failure.').labels(name);
  const depth = gauge(registry, 'workqueue_depth', 'Keys waiting in the queue.').labels(name);
  const waited = histogram(registry, 'workqueue_queue_duration_seconds', 'Time a key waits in the queue.').labels(name);
  const worked = histogram(registry, 'workqueue_work_duration_seconds', 'Time the work on a key takes.').labels(name);
  const addedAt = new Map<Key, number>();
  const takenAt = new Map<Key, number>();
  const observe = (since: Map<Key, number>, key: Key, seconds: { observe(value: number): void }) => {
    const from = since.get(key);
    if (from === undefined) return;
    since.delete(key);
    seconds.observe((clock.now() - from) / 1000);
  };
  return {
    added(key) {
      adds.inc();
      addedAt.set(key, clock.now());
    },
    depth(length) {
      depth.set(length);
    },
    taken(key, length) {
      depth.set(length);
      observe(addedAt, key, waited);
      takenAt.set(key, clock.now());
    },
    done(key) {
      observe(takenAt, key, worked);
    },
    retried() {
      retries.inc();
    },
  };
}

function counter(registry: Registry, name: string, help: string): Counter {
  const found = registry.getSingleMetric(name);
  return found instanceof Counter ? found : new Counter({ name, help, labelNames, registers: [registry] });
}

function gauge(registry: Registry, name: string, help: string): Gauge {
  const found = registry.getSingleMetric(name);
  return found instanceof Gauge ? found : new Gauge({ name, help, labelNames, registers: [registry] });
}

function histogram(registry: Registry, name: string, help: string): Histogram {
  const found = registry.getSingleMetric(name);
  if (found instanceof Histogram) return found;
  return new Histogram({ name, help, labelNames, buckets: BUCKETS, registers: [registry] });
}
