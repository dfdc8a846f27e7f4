import type { LimitedPriorityLevelConfiguration, PriorityLevelConfiguration } from '../generated/wire-types.ts';

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';

interface Shape {
  readonly shares: number;
  readonly lendable: number;
  /** None: what does not fit is refused at once. */
  readonly queues?: { readonly queues: number; readonly handSize: number };
}

const QUEUE_LENGTH = 50;

function level(name: string, spec: NonNullable<PriorityLevelConfiguration['spec']>): PriorityLevelConfiguration {
  return { apiVersion, kind: 'PriorityLevelConfiguration', metadata: { name }, spec };
}

function limited(name: string, { shares, lendable, queues }: Shape): PriorityLevelConfiguration {
  const limitResponse: NonNullable<LimitedPriorityLevelConfiguration['limitResponse']> =
    queues === undefined
      ? { type: 'Reject' }
      : { type: 'Queue', queuing: { ...queues, queueLengthLimit: QUEUE_LENGTH } };
  return level(name, {
    type: 'Limited',
    limited: { nominalConcurrencyShares: shares, lendablePercent: lendable, limitResponse },
  });
}

/** Those that nobody can do without. */
export const mandatoryPriorityLevels: readonly PriorityLevelConfiguration[] = [
  level('exempt', { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } }),
  limited('catch-all', { shares: 5, lendable: 0 }),
];

export const suggestedPriorityLevels: readonly PriorityLevelConfiguration[] = [
  limited('system', { shares: 30, lendable: 33, queues: { queues: 64, handSize: 6 } }),
  limited('node-high', { shares: 40, lendable: 25, queues: { queues: 64, handSize: 6 } }),
  limited('leader-election', { shares: 10, lendable: 0, queues: { queues: 16, handSize: 4 } }),
  limited('workload-high', { shares: 40, lendable: 50, queues: { queues: 128, handSize: 6 } }),
  limited('workload-low', { shares: 100, lendable: 90, queues: { queues: 128, handSize: 6 } }),
  limited('global-default', { shares: 20, lendable: 50, queues: { queues: 128, handSize: 6 } }),
];
