import type { UserInfo } from '../../src/apiserver/index.ts';

/** Whoever starts the member, and whom its callers are in process. */
export const admin: UserInfo = { username: 'kubernetes-admin', groups: ['system:masters'] };

/** The API server to itself: it must know the roles before they can allow anybody to read them. */
export const apiServer: UserInfo = { username: 'system:apiserver', groups: ['system:masters'] };

/** The other parts may do what the roles of these names say. */
export const controllerManager: UserInfo = { username: 'system:kube-controller-manager', groups: [] };
export const kubeScheduler: UserInfo = { username: 'system:kube-scheduler', groups: [] };
export const kubeProxy: UserInfo = { username: 'system:kube-proxy', groups: [] };
