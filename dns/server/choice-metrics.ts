import { createMetrics, type Registry } from '../../src/component-base/index.ts';
import type { OnChosen } from './choosing.ts';
import { createTalliedCounter } from './tallied-counter.ts';

/** Counts answers that were chosen, by policy. */
export function countChosen(registry: Registry = createMetrics()): OnChosen {
  const chosen = createTalliedCounter({
    name: 'dns_chosen_answers_total',
    help: 'DNS answers chosen for their client among the candidates of a name.',
    labelNames: ['policy'],
    registry,
  });
  const tallies = { nearest: chosen('nearest'), weighted: chosen('weighted'), failover: chosen('failover') };
  return ({ policy }) => {
    tallies[policy].inc();
  };
}
