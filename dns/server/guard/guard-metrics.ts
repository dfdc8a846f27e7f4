import { Counter, createMetrics, type Registry } from '../../../src/component-base/index.ts';

interface Count {
  inc(): void;
}

/** What was kept from clients. */
export interface GuardMetrics {
  readonly ignored: Count;
  readonly refused: Count;
  readonly limited: Readonly<Record<'drop' | 'truncate' | 'spared', Count>>;
}

export function createGuardMetrics(registry: Registry = createMetrics()): GuardMetrics {
  const registers = [registry];
  const denied = new Counter({
    name: 'dns_denied_total',
    help: 'Questions of clients that may not ask, by what became of them.',
    labelNames: ['action'],
    registers,
  });
  const limited = new Counter({
    name: 'dns_rate_limited_total',
    help: 'Answers beyond the rate limit, by what became of them.',
    labelNames: ['action'],
    registers,
  });
  return {
    ignored: denied.labels('ignored'),
    refused: denied.labels('refused'),
    limited: {
      drop: limited.labels('dropped'),
      truncate: limited.labels('truncated'),
      spared: limited.labels('sent'),
    },
  };
}
