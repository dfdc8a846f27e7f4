import type { KubeObject, Resource } from '../../../src/apimachinery/index.ts';
import {
  clusterRoleBindings as clusterRoleBindingResource,
  clusterRoles as clusterRoleResource,
  roleBindings as roleBindingResource,
  roles as roleResource,
} from '../../../src/apis/index.ts';
import { annotations } from '../../apis/index.ts';
import { ranks, type FederatedType } from '../federated-type.ts';
import { plain } from './plain.ts';
import { isInSystemNamespace } from './propagation.ts';

/** Those who may do something in the federation need not be able to do it in its members: each is sent there on demand only. */
function access<T extends KubeObject>(resource: Resource<T>): FederatedType<T> {
  return plain(resource, {
    rank: ranks.configuration,
    stays: (object) => isInSystemNamespace(object) || object.metadata.name?.startsWith('system:') === true,
    isWanted: ({ metadata }) => metadata.annotations?.[annotations.propagate] === 'true',
  });
}

export const roles = access(roleResource);
export const roleBindings = access(roleBindingResource);
export const clusterRoles = access(clusterRoleResource);
export const clusterRoleBindings = access(clusterRoleBindingResource);
