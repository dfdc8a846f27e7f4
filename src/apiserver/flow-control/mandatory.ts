import type { FlowSchemaLike, PriorityLevelLike } from './contract.ts';

const meta = (name: string) => ({ metadata: { name } });

const everything = [
  {
    subjects: [
      { kind: 'Group', group: { name: 'system:authenticated' } },
      { kind: 'Group', group: { name: 'system:unauthenticated' } },
    ],
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  },
];

/** In force even while the store has none of them: administrators are never kept waiting, and whoever is left has a place. */
export const MANDATORY_LEVELS: readonly PriorityLevelLike[] = [
  { apiVersion: '', kind: '', ...meta('exempt'), spec: { type: 'Exempt' } },
  {
    apiVersion: '',
    kind: '',
    ...meta('catch-all'),
    spec: { type: 'Limited', limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' } } },
  },
];

export const MANDATORY_SCHEMAS: readonly FlowSchemaLike[] = [
  {
    apiVersion: '',
    kind: '',
    ...meta('exempt'),
    spec: {
      priorityLevelConfiguration: { name: 'exempt' },
      matchingPrecedence: 1,
      rules: everything.map((rules) => ({
        ...rules,
        subjects: [{ kind: 'Group', group: { name: 'system:masters' } }],
      })),
    },
  },
  {
    apiVersion: '',
    kind: '',
    ...meta('catch-all'),
    spec: {
      priorityLevelConfiguration: { name: 'catch-all' },
      matchingPrecedence: 10_000,
      distinguisherMethod: { type: 'ByUser' },
      rules: everything,
    },
  },
];
