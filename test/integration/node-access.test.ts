import { afterAll, describe, expect, it } from 'vitest';
import {
  configMaps,
  leases,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  resourceSlices,
  secrets,
  selfSubjectRulesReviews,
  serviceAccounts,
  subjectAccessReviews,
  volumeAttachments,
  type TokenRequest,
} from '../../src/apis/index.ts';
import { issueClientCertificate } from '../../src/pki/index.ts';
import { hasKubectl, kubectlFor } from '../harness/kubectl.ts';
import { memberCertificates, reserveBlock, startTestMember } from '../harness/member-cluster.ts';

const namespace = 'default';
const image = 'nginx';
const nodeUser = (name: string) => ({ username: `system:node:${name}`, groups: ['system:nodes'] });

describe('nodes', async () => {
  const member = await startTestMember({ nodes: [{ name: 'n1' }, { name: 'n2' }] });
  const { client, server } = member;
  const [n1, n2] = ['n1', 'n2'].map((name) => server.client(nodeUser(name)));
  if (n1 === undefined || n2 === undefined) throw new Error('there are two');
  afterAll(() => member[Symbol.asyncDispose]());

  const createSecret = (name: string) => client.create(secrets, { metadata: { namespace, name } });
  const createPod = (name: string, nodeName: string, volumes: object[] = []) =>
    client.create(pods, {
      metadata: { namespace, name },
      // @NOTE a volume of any kind.
      spec: { nodeName, containers: [{ name: 'c', image }], volumes: volumes as never },
    });

  it('see what their pods need, as soon as they are bound and for as long as they are there', async () => {
    await createSecret('s');
    const read = () => n1.get(secrets, { namespace, name: 's' });
    const why = `User "system:node:n1" cannot get resource "secrets" in API group "" in the namespace "default": no relationship found between node 'n1' and this object`;
    await expect(read()).rejects.toThrow(why);
    await createPod('reader', 'n1', [{ name: 'v', secret: { secretName: 's' } }]);
    await expect.poll(() => read().catch(String)).toMatchObject({ metadata: { name: 's' } });
    const { items } = await n1.list(secrets, { namespace, fieldSelector: 'metadata.name=s' });
    expect(items).toHaveLength(1);
    await expect(n1.list(secrets, { namespace })).rejects.toThrow('No Object name found');
    await expect(n2.get(secrets, { namespace, name: 's' })).rejects.toThrow("node 'n2' and this object");
    await expect(n1.get(configMaps, { namespace, name: 'kube-root-ca.crt' })).resolves.toBeDefined();
    await client.delete(pods, { namespace, name: 'reader' }, { gracePeriodSeconds: 0 });
    await expect.poll(() => read().catch(String)).toContain(why);
  });

  it('see the volumes of their claims and the Secrets that those are mounted with', async () => {
    await createSecret('stage');
    const csi = { driver: 'd.example.com', volumeHandle: 'h', nodeStageSecretRef: { namespace, name: 'stage' } };
    await client.create(persistentVolumes, {
      metadata: { name: 'pv' },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        csi,
        claimRef: { namespace, name: 'claim' },
      },
    });
    await client.create(persistentVolumeClaims, {
      metadata: { namespace, name: 'claim' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
        volumeName: 'pv',
        storageClassName: '',
      },
    });
    const seen = async () => [
      await n1.get(persistentVolumeClaims, { namespace, name: 'claim' }).then(
        () => 'claim',
        () => '',
      ),
      await n1.get(persistentVolumes, { name: 'pv' }).then(
        () => 'volume',
        () => '',
      ),
      await n1.get(secrets, { namespace, name: 'stage' }).then(
        () => 'secret',
        () => '',
      ),
    ];
    expect(await seen()).toEqual(['', '', '']);
    await createPod('claimant', 'n1', [{ name: 'v', persistentVolumeClaim: { claimName: 'claim' } }]);
    await expect.poll(seen).toEqual(['claim', 'volume', 'secret']);
    await expect(n2.get(persistentVolumes, { name: 'pv' })).rejects.toThrow('no relationship found');
    await expect(n2.get(secrets, { namespace, name: 'stage' })).rejects.toThrow('no relationship found');
  });

  it('see their attachments and slices, and list of pods and slices those that are theirs', async () => {
    const source = { persistentVolumeName: 'pv' };
    await client.create(volumeAttachments, {
      metadata: { name: 'at' },
      spec: { attacher: 'd.example.com', nodeName: 'n1', source },
    });
    await expect(n1.get(volumeAttachments, { name: 'at' })).resolves.toBeDefined();
    await expect(n2.get(volumeAttachments, { name: 'at' })).rejects.toThrow('no relationship found');

    const pool = { name: 'n1', generation: 1, resourceSliceCount: 1 };
    const slice = { metadata: { name: 'slice' }, spec: { nodeName: 'n1', driver: 'd.example.com', pool } };
    await expect(n2.create(resourceSlices, slice)).rejects.toThrow(
      'can only create ResourceSlice with the same NodeName as the requesting node',
    );
    await n1.create(resourceSlices, slice);
    await expect(n1.list(resourceSlices)).rejects.toThrow('with nodeName field selector');
    await n2.deleteCollection(resourceSlices, { fieldSelector: 'spec.nodeName=n2' });
    expect((await n1.list(resourceSlices, { fieldSelector: 'spec.nodeName=n1' })).items).toHaveLength(1);
    await n1.deleteCollection(resourceSlices, { fieldSelector: 'spec.nodeName=n1' });
    expect((await client.list(resourceSlices)).items).toEqual([]);

    await expect(n1.list(pods)).rejects.toThrow('can only list/watch pods with spec.nodeName field selector');
    expect((await n1.list(pods, { fieldSelector: 'spec.nodeName=n1' })).items).not.toEqual([]);
    await expect(n1.get(nodes, { name: 'n2' })).rejects.toThrow("node 'n1' cannot read 'n2', only its own Node object");
  });

  it('write what is theirs', async () => {
    await createPod('other', 'n2');
    const remove = n1.delete(pods, { namespace, name: 'other' });
    await expect(remove).rejects.toThrow('node "n1" can only delete pods with spec.nodeName set to itself');
    const evict = n1.createSubresource(pods, { namespace, name: 'other' }, 'eviction', {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { namespace, name: 'other' },
    });
    await expect(evict).rejects.toThrow('node n1 can only evict pods with spec.nodeName set to itself');
    const label = n1.patch(
      nodes,
      { name: 'n1' },
      { type: 'merge', patch: { metadata: { labels: { 'node-role.kubernetes.io/x': '' } } } },
    );
    await expect(label).rejects.toThrow('is not allowed to modify labels: node-role.kubernetes.io/x');
    const unschedulable = { type: 'merge', patch: { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } } } as const;
    await expect(n1.patch(nodes, { name: 'n1' }, unschedulable)).rejects.toThrow('is not allowed to modify taints');
    await expect(n1.patch(nodes, { name: 'n2' }, unschedulable)).rejects.toThrow('not allowed to modify node "n2"');
    const lease = { metadata: { namespace: 'kube-node-lease', name: 'n3' } };
    await expect(n1.create(leases, lease)).rejects.toThrow('with the same name as the requesting node');
    const metadata = {
      namespace,
      name: 'static-n1',
      annotations: { 'kubernetes.io/config.mirror': 'x' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n1', controller: true, uid: '' }],
    };
    const { uid = '' } = (await n1.get(nodes, { name: 'n1' })).metadata;
    const mirror = (nodeUid: string, spec = {}) =>
      n1.create(pods, {
        metadata: {
          ...metadata,
          ownerReferences: metadata.ownerReferences.map((owner) => ({ ...owner, uid: nodeUid })),
        },
        spec: { nodeName: 'n1', containers: [{ name: 'c', image }], ...spec },
      });
    await expect(mirror('other')).rejects.toThrow('UID mismatch');
    expect((await mirror(uid)).spec).not.toHaveProperty('serviceAccountName');
    await expect(mirror(uid, { serviceAccountName: 'default' })).rejects.toThrow(
      'a mirror pod may not reference service accounts',
    );
  });

  it('get tokens for the pods that they run, for whom those need', async () => {
    const { metadata } = await createPod('tokened', 'n1');
    const ask = (node: typeof n1, audiences: string[] = []) =>
      node.createSubresource<TokenRequest>(serviceAccounts, { namespace, name: 'default' }, 'token', {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        metadata: {},
        spec: {
          audiences,
          boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'tokened', uid: metadata.uid ?? '' },
        },
      });
    await expect.poll(() => ask(n1).catch(String)).toHaveProperty('status.token');
    await expect(ask(n1, ['vault'])).rejects.toThrow('audience "vault" not found in pod spec volume');
    await expect(ask(n2)).rejects.toThrow('node requested token bound to a pod scheduled on a different node');
  });

  it('are known as such to reviews', async () => {
    const asked = (resource: string, more: object) =>
      client.create(subjectAccessReviews, {
        metadata: {},
        spec: {
          user: 'system:node:n1',
          groups: ['system:nodes'],
          resourceAttributes: { resource, verb: 'list', ...more },
        },
      });
    const requirements = (...values: string[]) => [{ key: 'spec.nodeName', operator: 'In', values }];
    const answers = await Promise.all([
      asked('pods', { fieldSelector: { rawSelector: 'spec.nodeName=n1' } }),
      asked('pods', { fieldSelector: { requirements: requirements('n1') } }),
      asked('pods', { fieldSelector: { requirements: requirements('n1', 'n2') } }),
      asked('pods', {}),
    ]);
    const reason = 'can only list/watch pods with spec.nodeName field selector';
    expect(answers.map(({ status }) => status)).toMatchObject([
      { allowed: true },
      { allowed: true },
      { allowed: false, reason },
      { allowed: false, reason },
    ]);
    const { status } = await n1.create(selfSubjectRulesReviews, { metadata: {}, spec: { namespace } });
    const evaluationError = 'node authorizer does not support user rule resolution';
    expect(status).toMatchObject({ incomplete: true, evaluationError });
  });
});

describe.skipIf(!hasKubectl())('a node by its certificate', async () => {
  const block = await reserveBlock();
  const certificates = await memberCertificates(block);
  const member = await startTestMember({ network: { block }, certificates, nodes: [{ name: 'node-1' }] });
  const kubectlAs = async (commonName: string, organization: string) => {
    const user = await issueClientCertificate(certificates.ca, { commonName, organizations: [organization] });
    return kubectlFor({ url: member.url, certificates: { ca: certificates.ca.certificate, admin: user } });
  };
  const kubectl = await kubectlAs('system:node:node-1', 'system:nodes');
  const admin = await kubectlAs('ann', 'system:masters');
  afterAll(async () => {
    await kubectl[Symbol.asyncDispose]();
    await admin[Symbol.asyncDispose]();
    await member[Symbol.asyncDispose]();
  });

  it('reads what its pods need and nothing else', async () => {
    await admin.out('create secret generic x --from-literal=a=b');
    const refused = await kubectl.run(['get', 'secret', 'x']);
    expect(refused.stderr).toBe(
      `Error from server (Forbidden): secrets "x" is forbidden: User "system:node:node-1" cannot get resource "secrets" in API group "" in the namespace "default": no relationship found between node 'node-1' and this object\n`,
    );
    const canI = () => admin.run('auth can-i get secret/x --as system:node:node-1 --as-group system:nodes'.split(' '));
    expect(await canI()).toMatchObject({
      code: 1,
      stdout: `no - no relationship found between node 'node-1' and this object\n`,
    });
    const overrides = JSON.stringify({
      spec: { nodeName: 'node-1', volumes: [{ name: 'v', secret: { secretName: 'x' } }] },
    });
    const run = await admin.run(['run', 'web', '--image=nginx', `--overrides=${overrides}`]);
    expect(run.stderr).toBe('');
    await expect.poll(async () => (await kubectl.run(['get', 'secret', 'x', '-o', 'name'])).stdout).toBe('secret/x\n');
    expect(await canI()).toMatchObject({ code: 0, stdout: 'yes\n' });
    expect(await kubectl.out('get pods -A --field-selector spec.nodeName=node-1 -o name')).toContain('pod/web');
    expect((await kubectl.run(['get', 'pods', '-A'])).stderr).toContain('with spec.nodeName field selector');
    expect(await kubectl.out('get node node-1 -o name')).toBe('node/node-1\n');
  });

  it('labels its own Node with what it may', async () => {
    expect(await kubectl.out('label node node-1 team=a')).toContain('labeled');
    const refused = await kubectl.run(['label', 'node', 'node-1', 'node-restriction.kubernetes.io/team=a']);
    expect(refused.stderr).toBe(
      'Error from server (Forbidden): nodes "node-1" is forbidden: is not allowed to modify labels: node-restriction.kubernetes.io/team\n',
    );
    expect((await kubectl.run(['auth', 'can-i', '--list'])).stderr).toContain(
      'the list may be incomplete: node authorizer does not support user rule resolution',
    );
  });
});
