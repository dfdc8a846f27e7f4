import type { Rcode } from '../packet/index.ts';
import type { DnsMetrics } from './dns-metrics.ts';
import { encodeRejection } from './encode-reply.ts';
import type { QueryHeader, Salvaged, Source } from './parse-query.ts';

/** Refuses what was not understood further than its header. */
export function reject(
  { header, rcode, ...salvaged }: { readonly header: QueryHeader; readonly rcode: Rcode } & Salvaged,
  { transport }: Pick<Source, 'transport'>,
  metrics: DnsMetrics,
) {
  metrics.responses(rcode, undefined)[transport].inc();
  return encodeRejection(header, rcode, salvaged);
}
