export { aggregation, type AggregationDeps } from './assemble.ts';
export { FRONT_PROXY_NAME } from './front-proxy.ts';
