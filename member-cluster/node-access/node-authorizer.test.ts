import { expect, it } from 'vitest';
import type { AuthorizationAttributes } from '../../src/apiserver/index.ts';
import { nodeAuthorizer, rulesUnknownOf } from './node-authorizer.ts';
import { nodeUser } from './node-identity.ts';

/** The node has to do with all that is called `mine`, whatever it is. */
const authorize = nodeAuthorizer(async (node, { name }) => node === 'n1' && name === 'mine');

type Target = NonNullable<AuthorizationAttributes['resource']>;

/** `leases.coordination.k8s.io/status kube-node-lease/n1 spec.nodeName=n1`, all but the first left out at will. */
function target(text: string): Target {
  const [kind = '', where = '', selector] = text.split(' ');
  const [, plural = '', group = '', subresource] = /^([a-z]+)(?:\.([a-z0-9.]+))?(?:\/([a-z]+))?$/.exec(kind) ?? [];
  const [name, namespace] = where.split('/').toReversed();
  const [field = '', value = ''] = selector?.split('=') ?? [];
  return {
    group,
    version: 'v1',
    plural,
    ...given({ subresource, namespace, name }),
    ...(selector === undefined ? {} : { fieldSelector: [{ field, operator: '=', value }] }),
  };
}

function given(parts: Readonly<Record<string, string | undefined>>): object {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined && value !== ''));
}

const unrelated = "no relationship found between node 'n1' and this object";
const single = 'can only get individual resources of this type';
const ownLease = 'can only access node lease with the same name as the requesting node';
const ownCsiNode = 'can only access CSINode with the same name as the requesting node';
const slices = 'can only list/watch/deletecollection resourceslices with nodeName field selector';

it.each([
  ['get', 'secrets ns/mine', 'allowed'],
  ['watch', 'secrets ns/mine', 'allowed'],
  ['list', 'configmaps ns/mine', 'allowed'],
  ['get', 'secrets ns/other', unrelated],
  ['list', 'secrets ns/', 'No Object name found'],
  ['list', 'secrets', 'can only read namespaced object of this type'],
  ['update', 'configmaps ns/mine', 'can only read resources of this type'],
  ['get', 'configmaps/status ns/mine', 'cannot read subresource'],
  ['get', 'persistentvolumeclaims ns/mine', 'allowed'],
  ['get', 'persistentvolumeclaims ns/other', unrelated],
  ['list', 'persistentvolumeclaims ns/', single],
  ['patch', 'persistentvolumeclaims/status ns/mine', 'allowed'],
  ['patch', 'persistentvolumeclaims/status ns/other', unrelated],
  ['get', 'persistentvolumeclaims/status ns/mine', 'can only get/update/patch this type'],
  ['get', 'persistentvolumes mine', 'allowed'],
  ['watch', 'persistentvolumes', single],
  ['get', 'resourceclaims.resource.k8s.io ns/mine', 'allowed'],
  ['get', 'resourceclaims.resource.k8s.io/status ns/mine', 'cannot get subresource'],
  ['get', 'volumeattachments.storage.k8s.io mine', 'allowed'],
  ['delete', 'volumeattachments.storage.k8s.io mine', single],
  ['create', 'serviceaccounts/token ns/mine', 'allowed'],
  ['create', 'serviceaccounts/token ns/other', unrelated],
  ['get', 'serviceaccounts ns/mine', 'allowed'],
  ['list', 'serviceaccounts ns/', 'can only create tokens for individual service accounts'],
  ['create', 'serviceaccounts/other ns/mine', 'can only create token subresource of serviceaccount'],
  ['create', 'leases.coordination.k8s.io kube-node-lease/', 'allowed'],
  ['update', 'leases.coordination.k8s.io kube-node-lease/n1', 'allowed'],
  ['get', 'leases.coordination.k8s.io kube-node-lease/n2', ownLease],
  ['get', 'leases.coordination.k8s.io ns/n1', 'can only access leases in the "kube-node-lease" system namespace'],
  [
    'list',
    'leases.coordination.k8s.io kube-node-lease/',
    'can only get, create, update, patch, or delete a node lease',
  ],
  ['patch', 'csinodes.storage.k8s.io n1', 'allowed'],
  ['delete', 'csinodes.storage.k8s.io n2', ownCsiNode],
  ['watch', 'csinodes.storage.k8s.io', 'can only get, create, update, patch, or delete a CSINode'],
  ['get', 'csinodes.storage.k8s.io/x n1', 'cannot authorize CSINode subresources'],
  ['create', 'resourceslices.resource.k8s.io', 'allowed'],
  ['update', 'resourceslices.resource.k8s.io mine', 'allowed'],
  ['delete', 'resourceslices.resource.k8s.io other', unrelated],
  ['list', 'resourceslices.resource.k8s.io / spec.nodeName=n1', 'allowed'],
  ['deletecollection', 'resourceslices.resource.k8s.io / spec.nodeName=n2', slices],
  ['watch', 'resourceslices.resource.k8s.io', slices],
  ['get', 'resourceslices.resource.k8s.io/status mine', 'cannot authorize ResourceSlice subresources'],
  [
    'impersonate',
    'resourceslices.resource.k8s.io mine',
    'only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection',
  ],
  ['get', 'nodes n1', 'allowed'],
  ['watch', 'nodes n1', 'allowed'],
  ['get', 'nodes n2', "node 'n1' cannot read 'n2', only its own Node object"],
  ['list', 'nodes', "node 'n1' cannot read all nodes, only its own Node object"],
  ['create', 'nodes', 'allowed'],
  ['patch', 'nodes/status n1', 'allowed'],
  ['delete', 'nodes n1', ''],
  ['get', 'nodes/proxy n1', ''],
  ['get', 'nodes/status n1', ''],
  ['get', 'pods ns/mine', 'allowed'],
  ['get', 'pods ns/other', unrelated],
  ['list', 'pods / spec.nodeName=n1', 'allowed'],
  ['watch', 'pods / spec.nodeName=n2', 'can only list/watch pods with spec.nodeName field selector'],
  ['list', 'pods', 'can only list/watch pods with spec.nodeName field selector'],
  ['watch', 'pods ns/mine metadata.name=mine', 'allowed'],
  ['create', 'pods ns/', 'allowed'],
  ['delete', 'pods ns/other', 'allowed'],
  ['update', 'pods ns/mine', ''],
  ['patch', 'pods/status ns/other', 'allowed'],
  ['create', 'pods/eviction ns/other', 'allowed'],
  ['create', 'pods/exec ns/mine', ''],
  ['list', 'services', 'allowed'],
  ['create', 'events ns/', 'allowed'],
  ['create', 'certificatesigningrequests.certificates.k8s.io', 'allowed'],
  ['create', 'subjectaccessreviews.authorization.k8s.io', 'allowed'],
  ['list', 'runtimeclasses.node.k8s.io', 'allowed'],
  ['list', 'namespaces', undefined],
  ['create', 'deployments.apps ns/', undefined],
])('%s %s: %s', async (verb, text, expected) => {
  const decision = await authorize({ user: nodeUser('n1'), verb, resource: target(text) });
  expect(decision).toEqual(
    expected === 'allowed'
      ? { allowed: true }
      : { allowed: false, ...(expected === undefined ? {} : { reason: expected }) },
  );
});

it('has nothing to say of those who are no nodes, and does not know one without a name', async () => {
  const resource = target('secrets ns/mine');
  const ask = (username: string, groups: readonly string[]) =>
    authorize({ user: { username, groups }, verb: 'get', resource });
  expect(await ask('system:node:n1', [])).toEqual({ allowed: false });
  expect(await ask('ann', ['system:nodes'])).toEqual({ allowed: false });
  const reason = 'unknown node for user "system:node:"';
  expect(await ask('system:node:', ['system:nodes'])).toEqual({ allowed: false, reason });
});

it('allows no path, and says that what a node may do cannot be listed', async () => {
  expect(await authorize({ user: nodeUser('n1'), verb: 'get', path: '/metrics' })).toEqual({ allowed: false });
  expect(rulesUnknownOf(nodeUser('n1'))).toBe('node authorizer does not support user rule resolution');
  expect(rulesUnknownOf({ username: 'ann', groups: [] })).toBeUndefined();
});
