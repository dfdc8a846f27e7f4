import { pathSegmentProblems } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { createdAtColumn, nameColumn } from '../columns.ts';
import { validLabelSelector } from '../field-rules.ts';
import type { ClusterRole, Role } from '../generated/wire-types.ts';
import { validateRules } from './rule-validation.ts';

export const GROUP = 'rbac.authorization.k8s.io';

export const roles: ResourceDefinition<Role> = {
  group: GROUP,
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  singular: 'role',
  namespaced: true,
  schema: 'k8s.io/api/rbac/v1.Role',
  strategy: {
    createOnUpdate: true,
    validateName: pathSegmentProblems,
    validate: (role) => validateRules(role.rules, true),
  },
  columns: [nameColumn, createdAtColumn],
};

export const clusterRoles: ResourceDefinition<ClusterRole> = {
  group: GROUP,
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  singular: 'clusterrole',
  namespaced: false,
  schema: 'k8s.io/api/rbac/v1.ClusterRole',
  strategy: {
    createOnUpdate: true,
    validateName: pathSegmentProblems,
    validate: ({ rules, aggregationRule }) => [
      ...validateRules(rules, false),
      ...(aggregationRule?.clusterRoleSelectors ?? []).flatMap((selector, index) =>
        validLabelSelector(`aggregationRule.clusterRoleSelectors[${index}]`, selector),
      ),
    ],
  },
  columns: [nameColumn, createdAtColumn],
};
