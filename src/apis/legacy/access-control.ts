import { fieldsOf, listOf, textOf, type Fields } from './fields.ts';
import { renamed, type LegacyKind } from './legacy-kind.ts';

const GROUP = 'rbac.authorization.k8s.io';
const V1 = `${GROUP}/v1`;
const ALPHA = `${GROUP}/v1alpha1`;

/** Subjects named the version that they were of, and the user `*` was everybody who could say a name. */
function subjectToModern({ apiVersion, ...subject }: Fields): Fields {
  if (subject['kind'] === 'User' && subject['name'] === '*') {
    return { kind: 'Group', name: 'system:authenticated', apiGroup: GROUP };
  }
  if (subject['kind'] === 'ServiceAccount') return subject;
  const group = textOf(apiVersion).split('/')[0] ?? '';
  return { ...subject, apiGroup: group === '' ? GROUP : group };
}

function subjectFromModern({ apiGroup, ...subject }: Fields): Fields {
  if (subject['kind'] === 'ServiceAccount') return { ...subject, apiVersion: 'v1' };
  return { ...subject, apiVersion: apiGroup === undefined ? ALPHA : `${textOf(apiGroup)}/v1alpha1` };
}

function toModern(object: Fields): Fields {
  const { subjects, roleRef } = object;
  return {
    ...object,
    ...(subjects === undefined ? {} : { subjects: listOf(subjects).map(subjectToModern) }),
    roleRef: { apiGroup: GROUP, ...fieldsOf(roleRef) },
  };
}

function fromModern(object: Fields): Fields {
  const { subjects } = object;
  return subjects === undefined ? object : { ...object, subjects: listOf(subjects).map(subjectFromModern) };
}

export const legacyAccessControl: readonly LegacyKind[] = [
  ...renamed(`${GROUP}/v1beta1`, V1, ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']),
  ...renamed(ALPHA, V1, ['Role', 'ClusterRole']),
  ...['RoleBinding', 'ClusterRoleBinding'].map((kind): LegacyKind => {
    return { apiVersion: ALPHA, kind, modern: { apiVersion: V1, kind }, toModern, fromModern };
  }),
];
