import { Counter, createMetrics, Gauge, type Registry } from '../../src/component-base/index.ts';

export interface TransferMetrics {
  readonly transfers: Counter<'zone' | 'kind'>;
  readonly updates: Counter<'zone' | 'rcode'>;
  readonly notifies: Counter<'zone' | 'result'>;
  readonly untold: Gauge<'zone'>;
  readonly badSignatures: Counter<'error'>;
}

/** Zones are those that are kept here, never names out of messages. */
export function createTransferMetrics(registry: Registry = createMetrics()): TransferMetrics {
  const registers = [registry];
  return {
    transfers: new Counter({
      name: 'dns_transfers_total',
      help: 'Zone transfers that others asked for: AXFR, IXFR, up to date, denied, failed.',
      labelNames: ['zone', 'kind'],
      registers,
    }),
    updates: new Counter({
      name: 'dns_updates_total',
      help: 'Dynamic updates that others sent, by what they were told.',
      labelNames: ['zone', 'rcode'],
      registers,
    }),
    notifies: new Counter({
      name: 'dns_notifies_total',
      help: 'Notifications of changes: acknowledged, or given up.',
      labelNames: ['zone', 'result'],
      registers,
    }),
    untold: new Gauge({
      name: 'dns_secondaries_untold',
      help: 'Servers that were not told of the latest change: they did not acknowledge it.',
      labelNames: ['zone'],
      registers,
    }),
    badSignatures: new Counter({
      name: 'dns_bad_signatures_total',
      help: 'Messages whose TSIG signature was not good.',
      labelNames: ['error'],
      registers,
    }),
  };
}
