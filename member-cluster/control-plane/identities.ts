import type { UserInfo } from '../../src/apiserver/index.ts';

const MASTERS = 'system:masters';

/** Who the parts of a member are to its API server, but for its nodes: those are nodes as any other. */
export const admin: UserInfo = { username: 'kubernetes-admin', groups: [MASTERS] };
export const controllerManager: UserInfo = { username: 'system:kube-controller-manager', groups: [MASTERS] };
export const kubeScheduler: UserInfo = { username: 'system:kube-scheduler', groups: [MASTERS] };
export const kubeProxy: UserInfo = { username: 'system:kube-proxy', groups: [MASTERS] };
