import type { Rcode } from '../packet/index.ts';
import type { DnsMetrics } from './dns-metrics.ts';
import type { OwnSay } from './edns/server-edns.ts';
import { encodeRejection } from './encode-reply.ts';
import type { ParsedPacket } from './parse-query.ts';

/** Gives a cookie to who asked for nothing else. */
export function answerEmpty(
  { header, edns }: Extract<ParsedPacket, { kind: 'cookie' }>,
  say: OwnSay,
  metrics: DnsMetrics,
): Buffer {
  const rcode: Rcode = say.rcode ?? 'NOERROR';
  metrics.responses[rcode].inc();
  return encodeRejection(header, rcode, { edns, options: say.options });
}
