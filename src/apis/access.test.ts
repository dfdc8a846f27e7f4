import { describe, expect, it } from 'vitest';
import { withAnswer } from './compose.ts';
import {
  localSubjectAccessReviews,
  selfSubjectAccessReviews,
  selfSubjectRulesReviews,
  subjectAccessReviews,
} from './authorization/reviews.ts';
import { tokenReviews } from './authentication/reviews.ts';
import type { ClusterRole, Role, RoleBinding } from './generated/wire-types.ts';
import { ipAddresses } from './networking/ip-address.ts';
import { roleBindings } from './rbac/role-binding.ts';
import { clusterRoles, roles } from './rbac/role.ts';

const texts = (errors: readonly { field: string; message: string }[] | undefined) =>
  (errors ?? []).map(({ field, message }) => `${field}: ${message}`);

describe('Role', () => {
  const role = (rule: object): Role =>
    // A client may leave out any field; the type cannot say so.
    ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'a' }, rules: [rule] }) as Role;

  it.each([
    [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }, []],
    [
      { apiGroups: [''], resources: ['pods'] },
      ['rules[0].verbs: Required value: verbs must contain at least one value'],
    ],
    [
      { verbs: ['get'] },
      [
        'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
        'rules[0].resources: Required value: resource rules must supply at least one resource',
      ],
    ],
    [
      { verbs: ['get'], nonResourceURLs: ['/x'] },
      ['rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs'],
    ],
  ])('%j', (rule, expected) => {
    expect(texts(roles.strategy.validate?.(role(rule)))).toEqual(expected);
  });

  it('may speak of URLs for the whole cluster, and have almost any name', () => {
    const clusterRole: ClusterRole = { ...role({ verbs: ['get'], nonResourceURLs: ['/x'] }), kind: 'ClusterRole' };
    expect(clusterRoles.strategy.validate?.(clusterRole)).toEqual([]);
    expect(clusterRoles.strategy.validateName?.('system:node', false)).toEqual([]);
    expect(clusterRoles.strategy.validateName?.('a/b', false)).toEqual(["may not contain '/'"]);
  });
});

describe('RoleBinding', () => {
  const binding = (more: object): RoleBinding =>
    roleBindings.strategy.defaults?.({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'a', namespace: 'x' },
      roleRef: { kind: 'Role', name: 'r' },
      ...more,
    }) ?? expect.unreachable();

  it('names the group of roles and users', () => {
    expect(
      binding({
        subjects: [
          { kind: 'User', name: 'u' },
          { kind: 'ServiceAccount', name: 's', namespace: 'x' },
        ],
      }),
    ).toMatchObject({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io' }, { kind: 'ServiceAccount', name: 's' }],
    });
  });

  it.each([
    [{ subjects: [{ kind: 'Group', name: 'g' }] }, []],
    [
      { roleRef: { kind: 'Deployment', name: 'r' } },
      ['roleRef.kind: Unsupported value: "Deployment": supported values: "ClusterRole", "Role"'],
    ],
    [{ roleRef: { kind: 'Role' } }, ['roleRef.name: Required value']],
    [{ subjects: [{ kind: 'ServiceAccount', name: 's' }] }, ['subjects[0].namespace: Required value']],
    [
      { subjects: [{ kind: 'Robot', name: 's' }] },
      ['subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"'],
    ],
  ])('%j', (more, expected) => {
    expect(texts(roleBindings.strategy.validate?.(binding(more)))).toEqual(expected);
  });

  it('keeps its role', () => {
    const other = binding({ roleRef: { kind: 'Role', name: 'other' } });
    expect(texts(roleBindings.strategy.validateUpdate?.(other, binding({})))).toEqual([
      'roleRef: Invalid value: {"kind":"Role","name":"other","apiGroup":"rbac.authorization.k8s.io"}: cannot change roleRef',
    ]);
  });

  it('shows whom it is for', () => {
    const object = binding({
      subjects: [
        { kind: 'User', name: 'u' },
        { kind: 'User', name: 'v' },
        { kind: 'ServiceAccount', name: 's', namespace: 'x' },
      ],
    });
    expect(roleBindings.columns?.map((column) => column.value(object, 0))).toEqual([
      'a',
      'Role/r',
      '<unknown>',
      'u, v',
      '',
      'x/s',
    ]);
  });
});

describe('reviews', () => {
  const request = {
    key: { name: '' },
    query: new URLSearchParams(),
    user: { username: 'u', groups: [] },
    signal: new AbortController().signal,
    dryRun: false,
  };
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: {},
    spec: { resourceAttributes: { verb: 'get' } },
  };

  it('are never answered by nobody', async () => {
    await expect(selfSubjectAccessReviews.answer?.(review, request)).rejects.toThrow(
      'this server has no answer to a SelfSubjectAccessReview',
    );
  });

  it('are answered by who is asked', async () => {
    const answered = withAnswer(selfSubjectAccessReviews, async (object) => ({ ...object, status: { allowed: true } }));
    await expect(answered.answer?.(review, request)).resolves.toMatchObject({ status: { allowed: true } });
  });

  it('must ask something', () => {
    expect(texts(selfSubjectAccessReviews.strategy.validate?.({ ...review, spec: {} }))).toEqual([
      'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ]);
    expect(texts(subjectAccessReviews.strategy.validate?.(review))).toEqual([
      'spec.user: Invalid value: "": at least one of user or group must be specified',
    ]);
    const context = { user: request.user, now: 0 };
    expect(() => tokenReviews.strategy.prepareForCreate?.({ ...review, spec: { token: '' } }, context)).toThrow(
      'token is required for TokenReview in authentication',
    );
    expect(() => selfSubjectRulesReviews.strategy.prepareForCreate?.({ ...review, spec: {} }, context)).toThrow(
      'no namespace on request',
    );
  });

  it('have no name', () => {
    const named = { ...review, metadata: { name: 'x' } };
    const why = 'metadata: Invalid value: {"name":"x"}: must be empty';
    expect(texts(selfSubjectAccessReviews.strategy.validate?.(named))).toEqual([why]);
    const local = { ...named, metadata: { name: 'x', namespace: 'a' }, spec: { user: 'u', ...review.spec } };
    expect(texts(localSubjectAccessReviews.strategy.validate?.(local))).toEqual([
      'spec.resourceAttributes.namespace: Invalid value: "": must match metadata.namespace',
      `${why} except for namespace`,
    ]);
  });
});

it('IPAddress is named after its address and says who has it', () => {
  const address = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: { name: '127.1.96.1' },
    spec: { parentRef: { resource: 'services', namespace: 'default', name: 'kubernetes' } },
  };
  expect(ipAddresses.columns?.[1]?.value(address, 0)).toBe('services/default/kubernetes');
  expect(ipAddresses.strategy.validateName?.('web', false)).toHaveLength(1);
  expect(ipAddresses.strategy.validate?.(address)).toEqual([]);
});
