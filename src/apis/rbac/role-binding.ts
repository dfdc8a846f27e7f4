import {
  deepEqual,
  dnsSubdomainProblems,
  forbiddenField,
  invalidValue,
  notSupported,
  notSupportedAmong,
  pathSegmentProblems,
  required,
  type FieldError,
  type KubeObject,
} from '../../apimachinery/index.ts';
import type { Column, ResourceDefinition, Strategy } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { broken, invalidBy, oneOf } from '../field-rules.ts';
import type { ClusterRoleBinding, RoleBinding, RoleRef, Subject } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { GROUP } from './role.ts';

interface Binding extends KubeObject {
  readonly subjects?: readonly Subject[];
  readonly roleRef: RoleRef;
}

export const roleBindings: ResourceDefinition<RoleBinding> = {
  group: GROUP,
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  singular: 'rolebinding',
  namespaced: true,
  schema: 'k8s.io/api/rbac/v1.RoleBinding',
  strategy: bindingStrategy(['ClusterRole', 'Role']),
  columns: columns(),
};

export const clusterRoleBindings: ResourceDefinition<ClusterRoleBinding> = {
  group: GROUP,
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  namespaced: false,
  schema: 'k8s.io/api/rbac/v1.ClusterRoleBinding',
  strategy: bindingStrategy(['ClusterRole']),
  columns: columns(),
};

function bindingStrategy(roleKinds: readonly string[]): Strategy<Binding> {
  return {
    createOnUpdate: true,
    validateName: pathSegmentProblems,
    defaults,
    validate: (binding) => [
      ...validateRoleRef(roleRefOf(binding), roleKinds),
      ...(binding.subjects ?? []).flatMap((subject, index) => validateSubject(`subjects[${index}]`, subject)),
    ],
    validateUpdate: (binding, old) =>
      deepEqual(binding.roleRef, old.roleRef)
        ? []
        : [invalidValue('roleRef', binding.roleRef, 'cannot change roleRef')],
  };
}

/** It may be left out of what a client sends. */
function roleRefOf(binding: Sent<Binding>): Sent<RoleRef> {
  return binding.roleRef ?? {};
}

function defaults<T extends Binding>(binding: T): T {
  const apiGroup = roleRefOf(binding).apiGroup ?? '';
  const roleRef = { ...binding.roleRef, apiGroup: apiGroup === '' ? GROUP : apiGroup };
  if (binding.subjects === undefined) return { ...binding, roleRef };
  return { ...binding, roleRef, subjects: binding.subjects.map(subjectDefaults) };
}

function subjectDefaults(subject: Subject): Subject {
  const isUser = subject.kind === 'User' || subject.kind === 'Group';
  return isUser && (subject.apiGroup ?? '') === '' ? { ...subject, apiGroup: GROUP } : subject;
}

function validateRoleRef(
  { apiGroup, kind, name = '' }: Sent<RoleRef>,
  kinds: readonly string[],
): readonly FieldError[] {
  return [
    ...oneOf('roleRef.apiGroup', apiGroup, [GROUP]),
    ...oneOf('roleRef.kind', kind ?? '', kinds),
    ...(name === '' ? [required('roleRef.name')] : invalidBy('roleRef.name', name, pathSegmentProblems(name))),
  ];
}

function validateSubject(field: string, subject: Sent<Subject>): readonly FieldError[] {
  const { kind = '', name = '' } = subject;
  const unnamed = broken([name === '', required(`${field}.name`)]);
  switch (kind) {
    case 'ServiceAccount':
      return [...unnamed, ...validateAccount(field, subject)];
    case 'User':
    case 'Group':
      return [...unnamed, ...validateUser(field, subject)];
    default:
      return [...unnamed, notSupportedAmong(`${field}.kind`, kind, ['ServiceAccount', 'User', 'Group'])];
  }
}

function validateAccount(field: string, { name = '', namespace = '', apiGroup = '' }: Sent<Subject>): FieldError[] {
  return [
    ...(name === '' ? [] : invalidBy(`${field}.name`, name, dnsSubdomainProblems(name))),
    ...broken(
      [apiGroup !== '', notSupported(`${field}.apiGroup`, apiGroup, [''])],
      [namespace === '', required(`${field}.namespace`)],
    ),
  ];
}

function validateUser(field: string, { namespace = '', apiGroup = '' }: Sent<Subject>): FieldError[] {
  return broken(
    [apiGroup !== GROUP, notSupported(`${field}.apiGroup`, apiGroup, [GROUP])],
    [namespace !== '', forbiddenField(`${field}.namespace`, 'not allowed for users and groups')],
  );
}

function columns(): readonly Column<Binding>[] {
  const subjects = (kind: string) => (binding: Binding) =>
    (binding.subjects ?? [])
      .filter((subject) => subject.kind === kind)
      .map(({ name, namespace }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name))
      .join(', ');
  const wide = (name: string, description: string, kind: string): Column<Binding> => ({
    name,
    type: 'string',
    priority: 1,
    description,
    value: subjects(kind),
  });
  return [
    nameColumn,
    {
      name: 'Role',
      type: 'string',
      description: 'What it grants.',
      value: ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`,
    },
    ageColumn,
    wide('Users', 'Users it grants that to.', 'User'),
    wide('Groups', 'Groups it grants that to.', 'Group'),
    wide('ServiceAccounts', 'ServiceAccounts it grants that to.', 'ServiceAccount'),
  ];
}
