/** What `pods/binding` is asked with. */
export const bindingBody = { group: '', version: 'v1', kind: 'Binding', schema: 'k8s.io/api/core/v1.Binding' } as const;
