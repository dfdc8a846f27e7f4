export { policyStatus, type PolicyStatusDeps } from './policy-status.ts';
