export { createScheduler, type SchedulerOptions } from './scheduler.ts';
export type { FilterPlugin, NodeFilter, ScorePlugin, Snapshot } from './framework.ts';
