export { bootstrapRbac } from './bootstrap-rbac.ts';
export { roleAggregation, type RoleAggregationDeps } from './role-aggregation.ts';
export { nodeRules } from './system-rules.ts';
