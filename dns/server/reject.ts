import type { Rcode } from '../packet/index.ts';
import type { DnsMetrics } from './dns-metrics.ts';
import { encodeRejection } from './encode-reply.ts';
import type { QueryHeader, Salvaged } from './parse-query.ts';

/** Refuses what was not understood further than its header. */
export function reject(
  { header, rcode, ...salvaged }: { readonly header: QueryHeader; readonly rcode: Rcode } & Salvaged,
  metrics: DnsMetrics,
) {
  metrics.responses[rcode].inc();
  return encodeRejection(header, rcode, salvaged);
}
