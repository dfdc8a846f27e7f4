import { Counter, createMetrics, type Registry } from '../../src/component-base/index.ts';
import type { OnChosen } from './choosing.ts';

/** Counts answers that were chosen, by policy. */
export function countChosen(registry: Registry = createMetrics()): OnChosen {
  const chosen = new Counter({
    name: 'dns_chosen_answers_total',
    help: 'DNS answers chosen for their client among the candidates of a name.',
    labelNames: ['policy'],
    registers: [registry],
  });
  const children = {
    nearest: chosen.labels('nearest'),
    weighted: chosen.labels('weighted'),
    failover: chosen.labels('failover'),
  };
  return ({ policy }) => {
    children[policy].inc();
  };
}
