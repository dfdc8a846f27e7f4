export { countedBy, usageOf } from './usage.ts';
export { isInScope } from './scopes.ts';
export { missingAmounts } from './constraints.ts';
