import type { Resource } from '../../apimachinery/index.ts';
import type { BoundObject } from './service-account-tokens.ts';

const core = { group: '', version: 'v1' } as const;
export const serviceAccounts: Resource = {
  ...core,
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  namespaced: true,
};

/** What a token may be bound to. */
export const boundResources: Readonly<Record<BoundObject['kind'], Resource>> = {
  Pod: { ...core, kind: 'Pod', plural: 'pods', namespaced: true },
  Secret: { ...core, kind: 'Secret', plural: 'secrets', namespaced: true },
  Node: { ...core, kind: 'Node', plural: 'nodes', namespaced: false },
};
