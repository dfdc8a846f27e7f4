import { afterAll, beforeAll, expect, it } from 'vitest';
import { clusterRoleBindings, clusterRoles, configMaps, namespaces, secrets } from '../../src/apis/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';

const PLUGIN = 'OwnerReferencesPermissionEnforcement';
const member = await startTestMember({ nodes: 0, admissionPlugins: { enable: [PLUGIN], disable: ['PodSecurity'] } });
afterAll(() => member[Symbol.asyncDispose]());
const { client, server } = member;

const as = (username: string) => server.client({ username, groups: [] });

async function allow(username: string, verbs: readonly string[], resources: readonly string[]) {
  const name = `${username}-${resources.join('-').replaceAll('/', '.')}`;
  await client.create(clusterRoles, { metadata: { name }, rules: [{ verbs, apiGroups: [''], resources }] });
  await client.create(clusterRoleBindings, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: username }],
  });
}

beforeAll(async () => {
  await allow('writer', ['create', 'get', 'update'], ['configmaps']);
  await allow('keeper', ['*'], ['configmaps']);
  await allow('finisher', ['*'], ['configmaps', 'secrets', 'secrets/finalizers', 'namespaces/finalizers']);
});

it('knows who may do what', async () => {
  const plain = { namespace: 'default', name: 'plain' };
  await client.create(configMaps, { metadata: plain });
  const reads = (username: string) =>
    as(username)
      .get(configMaps, plain)
      .then(
        () => true,
        () => false,
      );
  await expect.poll(() => Promise.all(['writer', 'keeper', 'finisher'].map(reads))).toEqual([true, true, true]);
});

const owner = (more: object = {}) => ({ apiVersion: 'v1', kind: 'Secret', name: 'owner', uid: 'u1', ...more });

async function outcome(username: string, ownerReferences: readonly ReturnType<typeof owner>[]) {
  const metadata = { namespace: 'default', name: 'mine', ownerReferences };
  return as(username)
    .create(configMaps, { metadata }, { dryRun: true })
    .then(
      () => 'created',
      (err: unknown) => (err instanceof Error ? err.message : String(err)),
    );
}

const refused = (why: string) => `configmaps "mine" is forbidden: ${why}`;
const cannotDelete = refused("cannot set an ownerRef on a resource you can't delete: , <nil>");
const cannotBlock = refused(
  "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: , <nil>",
);
const blocking = { blockOwnerDeletion: true };

it.each<[string, string, readonly ReturnType<typeof owner>[], string]>([
  ['whoever writes', 'writer', [], 'created'],
  ['nobody who may not delete what is owned', 'writer', [owner()], cannotDelete],
  ['whoever may delete what is owned', 'keeper', [owner()], 'created'],
  ['nobody who may not finalize an owner that is to wait', 'keeper', [owner(blocking)], cannotBlock],
  ['whoever may finalize an owner that is to wait', 'finisher', [owner(blocking)], 'created'],
  [
    'owners without a namespace too',
    'finisher',
    [owner({ kind: 'Namespace', name: 'default', ...blocking })],
    'created',
  ],
  [
    'no owner of a kind that is not there',
    'finisher',
    [owner({ apiVersion: 'example.com/v1', kind: 'None', ...blocking })],
    refused(
      'cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion example.com/v1 Kind None: no matches for kind "None" in version "example.com/v1"',
    ),
  ],
])('lets own objects %s', async (_who, username, owners, expected) => {
  expect(await outcome(username, owners)).toBe(expected);
});

it('leaves alone what owns already', async () => {
  const metadata = { namespace: 'default', name: 'owned', ownerReferences: [owner(blocking)] };
  const { uid } = (await client.create(secrets, { metadata: { namespace: 'default', name: 'owner' } })).metadata;
  const owned = { ...metadata, ownerReferences: [owner({ uid, ...blocking })] };
  const made = await client.create(configMaps, { metadata: owned });
  await as('writer').update(configMaps, { ...made, data: { a: '1' } });
  const { resourceVersion: _version, ...kept } = made.metadata;
  const less = { ...made, metadata: { ...kept, ownerReferences: [] } };
  await expect(as('writer').update(configMaps, less)).rejects.toThrow("you can't delete");
  await as('keeper').update(configMaps, less);
});

it('does without plugins that are not wanted, and knows no others', async () => {
  const labels = { 'pod-security.kubernetes.io/enforce': 'nonsense' };
  await client.create(namespaces, { metadata: { name: 'loose', labels } });
  await expect(startTestMember({ admissionPlugins: { enable: ['Nonsense'] } })).rejects.toThrow(
    'enable-admission-plugins plugin "Nonsense" is unknown',
  );
});
