import { createMetrics, Histogram, type Registry } from '../../src/component-base/index.ts';
import type { Rcode } from '../packet/index.ts';
import { createTalliedCounter } from './tallied-counter.ts';

export interface Count {
  inc(): void;
}

export type ResponseCounts = Readonly<Record<'udp' | 'tcp', Count>>;

/** What a server counts; the children are looked up once, for there may be a hundred thousand queries a second. */
export interface DnsMetrics {
  readonly requests: Readonly<Record<'udp' | 'tcp', Count>>;
  /** Those of one zone; of none where the answer is of none of ours. */
  responses(rcode: Rcode, zone: string | undefined): ResponseCounts;
  readonly cacheHits: Count;
  /** Answers that were not in the cache. */
  readonly durationSeconds: { observe(seconds: number): void };
}

/** Zones that are counted each for itself. */
const MAX_ZONES = 1000;
const OTHER_ZONES = 'other';

export function createDnsMetrics(registry: Registry = createMetrics()): DnsMetrics {
  const requests = createTalliedCounter({
    name: 'dns_requests_total',
    help: 'DNS packets received.',
    labelNames: ['proto'],
    registry,
  });
  const responses = createTalliedCounter({
    name: 'dns_responses_total',
    help: 'DNS answers given.',
    labelNames: ['zone', 'rcode', 'proto'],
    registry,
  });
  const cacheHits = createTalliedCounter({
    name: 'dns_cache_hits_total',
    help: 'DNS answers given from the cache of encoded answers.',
    labelNames: [],
    registry,
  });
  const durationSeconds = new Histogram({
    name: 'dns_request_duration_seconds',
    help: 'Time to find an answer that was not in the cache.',
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5],
    registers: [registry],
  });
  const zones = new Map<string, Partial<Record<Rcode, ReturnType<DnsMetrics['responses']>>>>();
  return {
    requests: { udp: requests('udp'), tcp: requests('tcp') },
    responses: (rcode, zone) => {
      const name = zone === undefined ? '' : zones.has(zone) || zones.size < MAX_ZONES ? zone : OTHER_ZONES;
      const ofZone = zones.get(name) ?? {};
      zones.set(name, ofZone);
      return (ofZone[rcode] ??= {
        udp: responses(name, rcode, 'udp'),
        tcp: responses(name, rcode, 'tcp'),
      });
    },
    cacheHits: cacheHits(),
    durationSeconds,
  };
}
