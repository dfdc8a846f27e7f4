import { expect, it } from 'vitest';
import type { KubeObject } from '../../src/apimachinery/index.ts';
import {
  csiNodes,
  leases,
  nodes,
  persistentVolumeClaims,
  pods,
  resourceSlices,
  serviceAccounts,
} from '../../src/apis/index.ts';
import type { AdmissionRequest, Authorizer } from '../../src/apiserver/index.ts';
import { notFound } from '../../src/apimachinery/index.ts';
import { nodeUser } from './node-identity.ts';
import { nodeRestriction } from './node-restriction.ts';

const namespace = 'ns';
const object = (kind: string, name: string, rest: object = {}): KubeObject => {
  const { metadata, ...others } = { metadata: {}, ...rest };
  return { apiVersion: 'v1', kind, metadata: { name, ...metadata }, ...others };
};
const pod = (name: string, nodeName: string, rest: object = {}) =>
  object('Pod', name, { metadata: { namespace, uid: `uid-${name}`, labels: { a: 'b' } }, spec: { nodeName }, ...rest });

const token = (audience?: string) => ({
  serviceAccountToken: { path: 't', ...(audience === undefined ? {} : { audience }) },
});
const volumes = [
  { name: 'v', projected: { sources: [token(), token('vault')] } },
  { name: 'c', csi: { driver: 'd' } },
];
const present: Readonly<Record<string, KubeObject>> = {
  'nodes/n1': object('Node', 'n1', { metadata: { uid: 'uid-n1' } }),
  'pods/mine': pod('mine', 'n1', { spec: { nodeName: 'n1', volumes } }),
  'pods/other': pod('other', 'n2'),
  'csidrivers/d': object('CSIDriver', 'd', { spec: { tokenRequests: [{ audience: 'driver' }] } }),
};
const authorizer: Authorizer = async ({ verb, resource }) => ({
  allowed:
    verb === 'request-serviceaccounts-token-audience' && resource?.plural === 'granted' && resource.name === 'sa',
});
const plugin = nodeRestriction({
  authorizer,
  own: {
    async get(resource, { name }) {
      const found = present[`${resource.plural}/${name}`];
      if (found === undefined) throw notFound(resource, name);
      // @NOTE what is kept under the name of a resource is of its kind.
      return found as never;
    },
  },
});

type Write = Partial<Omit<AdmissionRequest, 'resource'>> & Pick<AdmissionRequest, 'resource'>;

/** Nothing when the node `n1` may; else why not, without the words that name the object. */
async function refusalOf(write: Write): Promise<string | undefined> {
  const request = requestOf(write);
  const { signal } = new AbortController();
  expect(plugin.handles(request)).toBe(true);
  try {
    if (request.operation === 'DELETE') await plugin.validate?.(request, signal);
    else expect(await plugin.mutate?.(request, signal)).toBe(request.object);
    return undefined;
  } catch (err) {
    return String(err).replace(/^(?:.* is forbidden|StatusError): /, '');
  }
}

function requestOf({ resource, ...write }: Write): AdmissionRequest {
  const { object: next, oldObject: old } = write;
  const changed = next === undefined ? 'DELETE' : 'UPDATE';
  return {
    attempt: {},
    operation: old === undefined ? 'CREATE' : changed,
    verb: 'create',
    resource,
    name: (next ?? old)?.metadata.name ?? '',
    user: nodeUser('n1'),
    dryRun: false,
    warn: () => undefined,
    annotate: () => undefined,
    ...(resource.namespaced ? { namespace } : {}),
    ...write,
  };
}

const owner = { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'uid-n1', controller: true };
const mirror = (rest: object = {}, spec: object = {}) =>
  object('Pod', 'm', {
    metadata: {
      namespace,
      annotations: { 'kubernetes.io/config.mirror': 'x' },
      ownerReferences: [owner],
      ...rest,
    },
    spec: { nodeName: 'n1', ...spec },
  });

it.each<[string, KubeObject, string | undefined]>([
  ['of its own', mirror(), undefined],
  [
    'that is none',
    pod('m', 'n1'),
    'pod does not have "kubernetes.io/config.mirror" annotation, node "n1" can only create mirror pods',
  ],
  [
    'of another node',
    mirror({}, { nodeName: 'n2' }),
    'node "n1" can only create pods with spec.nodeName set to itself',
  ],
  [
    'that nobody owns',
    mirror({ ownerReferences: [] }),
    'node "n1" can only create pods with an owner reference set to itself',
  ],
  [
    'of two owners',
    mirror({ ownerReferences: [owner, owner] }),
    'node "n1" can only create pods with a single owner reference set to itself',
  ],
  [
    'that another node owns',
    mirror({ ownerReferences: [{ ...owner, name: 'n2' }] }),
    'node "n1" can only create pods with an owner reference set to itself',
  ],
  [
    'that it does not control',
    mirror({ ownerReferences: [{ ...owner, controller: false }] }),
    'node "n1" can only create pods with a controller owner reference set to itself',
  ],
  [
    'that keeps it from going',
    mirror({ ownerReferences: [{ ...owner, blockOwnerDeletion: true }] }),
    'node "n1" must not set blockOwnerDeletion on an owner reference',
  ],
  [
    'of a node that was',
    mirror({ ownerReferences: [{ ...owner, uid: 'old' }] }),
    'node n1 UID mismatch: expected old got uid-n1',
  ],
  [
    'that would show it a Secret',
    mirror({}, { imagePullSecrets: [{ name: 's' }] }),
    'node "n1" can not create pods that reference secrets',
  ],
])('a mirror pod %s', async (_, next, expected) => {
  expect(await refusalOf({ resource: pods, object: next })).toBe(expected);
});

const mine = pod('mine', 'n1');
const other = pod('other', 'n2');
const labelled = pod('mine', 'n1', { metadata: { namespace, labels: {} } });

it.each<[string, Omit<Write, 'resource'>, string | undefined]>([
  ['deletes its own', { oldObject: mine }, undefined],
  ["deletes another's", { oldObject: other }, 'node "n1" can only delete pods with spec.nodeName set to itself'],
  [
    'changes one',
    { object: mine, oldObject: mine },
    'unexpected operation "UPDATE", node "n1" can only create and delete mirror pods',
  ],
  ['tells how its own is', { subresource: 'status', object: mine, oldObject: mine }, undefined],
  [
    "tells how another's is",
    { subresource: 'status', object: other, oldObject: other },
    'node "n1" can only update pod status for pods with spec.nodeName set to itself',
  ],
  [
    'labels one',
    { subresource: 'status', object: labelled, oldObject: mine },
    'node "n1" cannot update labels through pod status',
  ],
  [
    'gives one a device',
    {
      subresource: 'status',
      object: { ...mine, ...{ status: { resourceClaimStatuses: [{ name: 'a', resourceClaimName: 'b' }] } } },
      oldObject: mine,
    },
    'node "n1" cannot update resource claim statues',
  ],
  ['evicts its own', { subresource: 'eviction', name: 'mine', object: object('Eviction', 'mine') }, undefined],
  [
    "evicts another's",
    { subresource: 'eviction', name: 'other', object: object('Eviction', 'other') },
    'node n1 can only evict pods with spec.nodeName set to itself',
  ],
  [
    'evicts none',
    { subresource: 'eviction', name: 'none', object: object('Eviction', 'none') },
    'pods "none" not found',
  ],
  [
    'binds one',
    { subresource: 'binding', name: 'mine', object: object('Binding', 'mine') },
    `unexpected pod subresource "binding", only 'status' and 'eviction' are allowed`,
  ],
])('a node %s', async (_, write, expected) => {
  expect(await refusalOf({ resource: pods, ...write })).toBe(expected);
});

const node = (labels: Record<string, string> = {}, rest: object = {}) =>
  object('Node', 'n1', { metadata: { labels }, ...rest });

it.each<[string, Omit<Write, 'resource'>, string | undefined]>([
  ['registers', { object: node({ 'kubernetes.io/hostname': 'n1', team: 'a' }) }, undefined],
  [
    'registers with a taint',
    { object: node({}, { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } }) },
    undefined,
  ],
  ['registers as another', { object: object('Node', 'n2') }, 'node "n1" is not allowed to modify node "n2"'],
  [
    'registers with labels that are kept',
    {
      object: node({
        'node-restriction.kubernetes.io/a': '',
        'sub.node-restriction.kubernetes.io/a': '',
        'node-role.kubernetes.io/master': '',
        'foo.k8s.io/x': '',
        'foo.node.kubernetes.io/x': '',
        'topology.kubernetes.io/zone': '',
      }),
    },
    'node "n1" is not allowed to set the following labels: foo.k8s.io/x, node-restriction.kubernetes.io/a, node-role.kubernetes.io/master, sub.node-restriction.kubernetes.io/a',
  ],
  [
    'registers with a source of its configuration',
    { object: node({}, { spec: { configSource: {} } }) },
    'node "n1" is not allowed to create pods with a non-nil configSource',
  ],
  ['writes its status', { subresource: 'status', object: node(), oldObject: node() }, undefined],
  [
    'drops a label that is kept',
    { object: node(), oldObject: node({ 'node-restriction.kubernetes.io/a': '' }) },
    'is not allowed to modify labels: node-restriction.kubernetes.io/a',
  ],
  [
    'drops a taint',
    { object: node(), oldObject: node({}, { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } }) },
    'node "n1" is not allowed to modify taints',
  ],
  [
    'gives itself an owner',
    { object: node({}, { metadata: { ownerReferences: [owner] } }), oldObject: node() },
    'node "n1" is not allowed to modify ownerReferences',
  ],
  [
    'changes the source of its configuration',
    { object: node({}, { spec: { configSource: {} } }), oldObject: node() },
    'node "n1" is not allowed to update configSource to a new non-nil configSource',
  ],
])('a node %s', async (_, write, expected) => {
  expect(await refusalOf({ resource: nodes, ...write })).toBe(expected);
});

const claim = (status: object, labels = {}) => object('PersistentVolumeClaim', 'c', { metadata: { labels }, status });

it.each<[string, Omit<Write, 'resource'>, string | undefined]>([
  [
    'tells of a resize',
    {
      subresource: 'status',
      object: claim({ phase: 'Bound', capacity: { storage: '2' } }),
      oldObject: claim({ phase: 'Bound' }),
    },
    undefined,
  ],
  [
    'calls it lost',
    { subresource: 'status', object: claim({ phase: 'Lost' }), oldObject: claim({ phase: 'Bound' }) },
    'node "n1" is not allowed to update fields other than status.quantity and status.conditions',
  ],
  ['changes it', { object: claim({}), oldObject: claim({}) }, 'may only update PVC status'],
])('a node %s', async (_, write, expected) => {
  expect(await refusalOf({ resource: persistentVolumeClaims, ...write })).toBe(expected);
});

const bound = (name: string, uid = `uid-${name}`) => ({ apiVersion: 'v1', kind: 'Pod', name, uid });
const notFor = (audience: string) =>
  `audience "${audience}" not found in pod spec volume, system:node:n1 is not authorized to request tokens for this audience`;

it.each<[string, object, string | undefined]>([
  ['bound to its pod', { boundObjectRef: bound('mine') }, undefined],
  ['for whom a volume names', { boundObjectRef: bound('mine'), audiences: ['vault'] }, undefined],
  ['for whom a driver needs', { boundObjectRef: bound('mine'), audiences: ['driver'] }, undefined],
  ['for whom a role says', { boundObjectRef: bound('mine'), audiences: ['granted'] }, undefined],
  ['for anybody', { boundObjectRef: bound('mine'), audiences: ['anybody'] }, notFor('anybody')],
  [
    'for two',
    { boundObjectRef: bound('mine'), audiences: ['vault', 'driver'] },
    'node may only request 0 or 1 audiences',
  ],
  ['bound to nothing', {}, 'node requested token not bound to a pod'],
  [
    'bound to something else',
    { boundObjectRef: { ...bound('mine'), kind: 'Secret' } },
    'node requested token not bound to a pod',
  ],
  ['bound to a name', { boundObjectRef: bound('mine', '') }, 'node requested token with a pod binding without a uid'],
  [
    'bound to a pod that was',
    { boundObjectRef: bound('mine', 'old') },
    'the UID in the bound object reference (old) does not match the UID in record. The object might have been deleted and then recreated',
  ],
  [
    "bound to another's pod",
    { boundObjectRef: bound('other') },
    'node requested token bound to a pod scheduled on a different node',
  ],
])('a token %s', async (_, spec, expected) => {
  const body = object('TokenRequest', '', { spec });
  const write = { subresource: 'token', name: 'sa', object: body };
  expect(await refusalOf({ resource: serviceAccounts, ...write })).toBe(expected);
});

const slice = (nodeName: string) => object('ResourceSlice', 's', { spec: { nodeName } });
const ownLease = 'can only access node lease with the same name as the requesting node';

it.each<[Write, string | undefined]>([
  [{ resource: leases, object: object('Lease', 'n1'), namespace: 'kube-node-lease' }, undefined],
  [{ resource: leases, object: object('Lease', 'n2'), namespace: 'kube-node-lease' }, ownLease],
  [
    { resource: leases, object: object('Lease', 'n1') },
    'can only access leases in the "kube-node-lease" system namespace',
  ],
  [{ resource: csiNodes, object: object('CSINode', 'n1') }, undefined],
  [
    { resource: csiNodes, object: object('CSINode', 'n2') },
    'can only access CSINode with the same name as the requesting node',
  ],
  [{ resource: resourceSlices, object: slice('n1') }, undefined],
  [
    { resource: resourceSlices, object: slice('n2') },
    'can only create ResourceSlice with the same NodeName as the requesting node',
  ],
  [
    { resource: resourceSlices, oldObject: slice('n2') },
    'can only delete ResourceSlice with the same NodeName as the requesting node',
  ],
])('own objects: %#', async (write, expected) => {
  expect(await refusalOf(write)).toBe(expected);
});

it('leaves alone those who are no nodes, and refuses one without a name', async () => {
  const request = { operation: 'CREATE', user: { username: 'ann', groups: [] } };
  // @NOTE it looks at no more of a request than this.
  expect(plugin.handles(request as unknown as AdmissionRequest)).toBe(false);
  expect(await refusalOf({ resource: leases, object: object('Lease', 'x'), user: nodeUser('') })).toBe(
    'could not determine node from user "system:node:"',
  );
});
