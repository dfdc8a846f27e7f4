export { matchesRequired, type SelectableNode } from './node-selector.ts';
export { createScheduler } from './scheduler.ts';
