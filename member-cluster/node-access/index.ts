export { isMirrorPod, mirrorPodProblem } from './mirror-pod.ts';
export { nodeUser } from './node-identity.ts';
export { mayNodeSet } from './node-labels.ts';
export { nodeAuthorizer, rulesUnknownOf } from './node-authorizer.ts';
export { nodeRelations } from './node-relations.ts';
export { nodeRestriction } from './node-restriction.ts';
