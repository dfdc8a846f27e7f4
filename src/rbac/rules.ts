import type { PolicyRule } from '../apis/index.ts';

export const read: readonly string[] = ['get', 'list', 'watch'];
export const write: readonly string[] = ['create', 'delete', 'deletecollection', 'patch', 'update'];
export const readAndWrite: readonly string[] = [...read, ...write];

/** May do `verbs` to `resources`, as in `apps: ['deployments', 'deployments/scale']`; `core` is the group without a name. */
export function allow(verbs: readonly string[], resources: Readonly<Record<string, readonly string[]>>): PolicyRule[] {
  return Object.entries(resources).map(([group, names]) => ({
    apiGroups: [group === 'core' ? '' : group],
    resources: names,
    verbs,
  }));
}

/** May read what is no resource. */
export function allowPaths(...nonResourceURLs: readonly string[]): PolicyRule {
  return { nonResourceURLs, verbs: ['get'] };
}

export const everything: readonly PolicyRule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];

/** Events are in two groups. */
export const emitEvents: readonly PolicyRule[] = [
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
];
