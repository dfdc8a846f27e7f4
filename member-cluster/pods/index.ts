export { claimNames } from './claims-of-pod.ts';
export { amountsOf, podAmounts, sumOf, type PodAmounts, type QuantityMap } from './pod-amounts.ts';
export { ownerIndexes, ownOrOrphaned, podIndexes } from './pod-index.ts';
export { isActive, isAvailable, isReady, isTerminal, nextAvailableMs, podCondition, readySince } from './pod-status.ts';
export { tolerates } from './toleration.ts';
