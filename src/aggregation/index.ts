export { aggregation, type AggregationDeps } from './assemble.ts';
