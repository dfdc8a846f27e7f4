import type { Rcode } from '../packet/index.ts';
import type { DnsMetrics } from './dns-metrics.ts';
import type { OwnSay } from './edns/server-edns.ts';
import { encodeRejection } from './encode-reply.ts';
import type { ParsedPacket, Source } from './parse-query.ts';

export interface EmptyAnswering extends Pick<Source, 'transport'> {
  readonly say: OwnSay;
  readonly metrics: DnsMetrics;
}

/** Gives a cookie to who asked for nothing else. */
export function answerEmpty(
  { header, edns }: Extract<ParsedPacket, { kind: 'cookie' }>,
  { say, transport, metrics }: EmptyAnswering,
): Buffer {
  const rcode: Rcode = say.rcode ?? 'NOERROR';
  metrics.responses(rcode, undefined)[transport].inc();
  return encodeRejection(header, rcode, { edns, options: say.options });
}
