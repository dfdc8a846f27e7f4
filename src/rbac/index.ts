export { bootstrapRbac } from './bootstrap-rbac.ts';
export { rbacKnown } from './known-rbac.ts';
export { roleAggregation, type RoleAggregationDeps } from './role-aggregation.ts';
export { nodeRules } from './system-rules.ts';
