import type { Clock, Logger } from '../../src/component-base/index.ts';
import type { ComposedReply, DnsHandler, DnsLayer, DnsReply } from './dns-handler.ts';
import type { DnsMetrics } from './dns-metrics.ts';
import { AXFR, DnsError, type ExtendedError, IXFR, type Rcode, typeNumber } from '../packet/index.ts';

const IN = 1;

/** How long a handler took, whatever came of it. */
export function measured(metrics: DnsMetrics, clock: Clock): DnsLayer {
  return (next) => (query, signal) => {
    const from = clock.now();
    const reply = next(query, signal);
    if (!(reply instanceof Promise)) {
      metrics.durationSeconds.observe((clock.now() - from) / 1000);
      return reply;
    }
    return reply.finally(() => {
      metrics.durationSeconds.observe((clock.now() - from) / 1000);
    });
  };
}

/** No more than `limit` questions wait for an answer from elsewhere; those beyond it are told so at once. */
export function bounded(limit: number): DnsLayer {
  return (next) => {
    let pending = 0;
    return (query, signal) => {
      if (pending >= limit) return failure('SERVFAIL', 'notReady');
      const reply = next(query, signal);
      if (!(reply instanceof Promise)) return reply;
      pending++;
      return reply.finally(() => {
        pending--;
      });
    };
  };
}

/** The one place where errors become rcodes. */
export function errorsAsRcodes(log: Logger): DnsLayer {
  const translate = (err: unknown, name: string): DnsReply => {
    if (err instanceof DnsError) return failure(err.rcode, err.extendedError);
    log.error({ err, name }, 'dns query failed');
    return failure('SERVFAIL');
  };
  return (next) => (query, signal) => {
    try {
      const reply = next(query, signal);
      return reply instanceof Promise ? reply.catch((err: unknown) => translate(err, query.name)) : reply;
    } catch (err) {
      return translate(err, query.name);
    }
  };
}

/** RFC 6891 §6.1.3: there is no other version yet. */
export const onlyEdnsVersion0: DnsLayer = (next) => (query, signal) =>
  query.edns !== undefined && query.edns.version > 0 ? failure('BADVERS') : next(query, signal);

export const onlyInternetClass: DnsLayer = (next) => (query, signal) =>
  query.class === IN ? next(query, signal) : failure('REFUSED', 'notSupported');

export const noTransfers: DnsLayer = (next) => (query, signal) => {
  const type = typeNumber(query.type);
  return type === AXFR || type === IXFR ? failure('REFUSED', 'notSupported') : next(query, signal);
};

/** For those who may not ask. */
export const prohibit: DnsHandler = () => failure('REFUSED', 'prohibited');

/** What is left when no layer knew the name. */
export const refuse: DnsHandler = () => failure('REFUSED', 'notAuthoritative');

function failure(rcode: Rcode, extendedError?: ExtendedError): ComposedReply {
  return { rcode, authoritative: false, ...(extendedError === undefined ? {} : { extendedError }) };
}
