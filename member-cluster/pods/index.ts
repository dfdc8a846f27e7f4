export { ownOrOrphaned, podIndexes } from './pod-index.ts';
export { isActive, isAvailable, isReady, isTerminal, podCondition, readySince } from './pod-status.ts';
export { tolerates } from './toleration.ts';
