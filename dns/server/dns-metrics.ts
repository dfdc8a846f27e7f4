import { Counter, createMetrics, Histogram, type Registry } from '../../src/component-base/index.ts';
import { type Rcode, rcodes } from '../packet/index.ts';

/** What a server counts; the children are looked up once, for there may be a hundred thousand queries a second. */
export interface DnsMetrics {
  readonly requests: Readonly<Record<'udp' | 'tcp', { inc(count?: number): void }>>;
  readonly responses: Readonly<Record<Rcode, { inc(count?: number): void }>>;
  readonly cacheHits: { inc(count?: number): void };
  /** Answers that were not in the cache. */
  readonly durationSeconds: { observe(seconds: number): void };
}

export function createDnsMetrics(registry: Registry = createMetrics()): DnsMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'dns_requests_total',
    help: 'DNS packets received.',
    labelNames: ['proto'],
    registers,
  });
  const responses = new Counter({
    name: 'dns_responses_total',
    help: 'DNS answers given.',
    labelNames: ['rcode'],
    registers,
  });
  const cacheHits = new Counter({
    name: 'dns_cache_hits_total',
    help: 'DNS answers given from the cache of encoded answers.',
    registers,
  });
  const durationSeconds = new Histogram({
    name: 'dns_request_duration_seconds',
    help: 'Time to find an answer that was not in the cache.',
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5],
    registers,
  });
  const entries = (Object.keys(rcodes) as Rcode[]).map((rcode) => [rcode, responses.labels(rcode)] as const); // @NOTE Object.keys widens the keys of `rcodes`
  return {
    requests: { udp: requests.labels('udp'), tcp: requests.labels('tcp') },
    responses: Object.fromEntries(entries) as DnsMetrics['responses'], // @NOTE one entry for every Rcode, just above
    cacheHits,
    durationSeconds,
  };
}
