/** What `pods/eviction` is asked with. */
export const evictionBody = {
  group: 'policy',
  version: 'v1',
  kind: 'Eviction',
  schema: 'k8s.io/api/policy/v1.Eviction',
  olderVersions: ['policy/v1beta1'],
} as const;
