import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import {
  certificateSigningRequests,
  clusterRoleBindings,
  clusterRoles,
  configMaps,
  selfSubjectReviews,
  type CertificateSigningRequest,
} from '../../src/apis/index.ts';
import { createRemoteClient } from '../../src/client/index.ts';
import { createCertificateAuthority, inspectCertificate, issueClientCertificate } from '../../src/pki/index.ts';
import { hasOpenssl, opensslRequest } from '../harness/certificate-request.ts';
import { hasKubectl, kubectlFor } from '../harness/kubectl.ts';
import { memberCertificates, reserveBlock, startTestMember } from '../harness/member-cluster.ts';

/** Long enough for a busy machine. */
const soon = { timeout: 10_000, interval: 10 };

const CLIENT = 'kubernetes.io/kube-apiserver-client';
const SERVING = 'kubernetes.io/kubelet-serving';

describe.skipIf(!hasKubectl() || !hasOpenssl())('requests made by openssl and approved by kubectl', async () => {
  const block = await reserveBlock();
  const signer = await createCertificateAuthority({ commonName: 'member-signer' });
  const certificates = { ...(await memberCertificates(block)), signer };
  const member = await startTestMember({ network: { block }, certificates, nodes: 0 });
  const admin = await issueClientCertificate(certificates.ca, {
    commonName: 'kubernetes-admin',
    organizations: ['system:masters'],
  });
  const kubectl = await kubectlFor({ url: member.url, certificates: { ca: certificates.ca.certificate, admin } });
  afterAll(async () => {
    await kubectl[Symbol.asyncDispose]();
    await member[Symbol.asyncDispose]();
  });
  const { client } = member;

  const ask = async (
    name: string,
    subject: string,
    { signerName = CLIENT, usages = ['client auth'], expirationSeconds = 3_600, names = '', by = client } = {},
  ) => {
    const { request, key } = await opensslRequest(subject, names);
    await by.create(certificateSigningRequests, {
      metadata: { name },
      spec: { request, signerName, usages, expirationSeconds },
    });
    return key;
  };
  const statusOf = async (name: string) => (await client.get(certificateSigningRequests, { name })).status;
  const certificateOf = async (name: string) => {
    await expect.poll(async () => (await statusOf(name))?.certificate ?? '', soon).not.toBe('');
    return Buffer.from((await statusOf(name))?.certificate ?? '', 'base64').toString('utf8');
  };

  it('whoever is approved gets a certificate by which he is known', async () => {
    const key = await ask('ann', '/CN=ann/O=dev/O=ops');
    expect((await statusOf('ann'))?.certificate).toBeUndefined();
    expect(await kubectl.out('certificate approve ann')).toContain('approved');
    const certificate = await certificateOf('ann');
    const facts = inspectCertificate(certificate);
    expect(Math.round((facts.notAfter - facts.notBefore) / 60_000)).toBe(65);

    const ca = certificates.ca.certificate;
    await using ann = createRemoteClient({ server: member.url, ca, credentials: { certificate, key } });
    const { status } = await ann.create(selfSubjectReviews, { metadata: {} });
    expect(status?.userInfo).toMatchObject({ username: 'ann', groups: ['dev', 'ops', 'system:authenticated'] });
    expect(await kubectl.out('get csr ann')).toContain('Approved,Issued');

    // API servers behind this one are to believe her as well.
    const told = { namespace: 'kube-system', name: 'extension-apiserver-authentication' };
    const { data = {} } = await client.get(configMaps, told);
    expect(data['client-ca-file']).toBe(ca + signer.certificate);
  });

  it('who is denied gets none, and what does not fit its signer fails', async () => {
    await ask('ben', '/CN=ben');
    await kubectl.out('certificate deny ben');
    await ask('strange', '/CN=ben', { usages: ['client auth', 'code signing'] });
    await kubectl.out('certificate approve strange');
    const conditions = async () => (await statusOf('strange'))?.conditions?.map(({ type, reason }) => [type, reason]);
    await expect.poll(conditions, soon).toContainEqual(['Failed', 'SignerValidationFailure']);
    expect(await statusOf('ben')).not.toHaveProperty('certificate');
  });

  it('a node gets a certificate for its own name and addresses', async () => {
    const usages = ['digital signature', 'server auth'];
    const options = { signerName: SERVING, usages, names: 'DNS:n1,IP:127.0.0.9' };
    await ask('node', '/O=system:nodes/CN=system:node:n1', options);
    await kubectl.out('certificate approve node');
    const file = execFileSync('openssl', ['x509', '-noout', '-ext', 'subjectAltName,extendedKeyUsage'], {
      input: await certificateOf('node'),
    }).toString();
    expect(file).toContain('DNS:n1, IP Address:127.0.0.9');
    expect(file).toContain('TLS Web Server Authentication');
    expect(file).not.toContain('TLS Web Client Authentication');
  });

  it('kubelets are approved by nobody where they may have it so, and by people elsewhere', async () => {
    const allow = (role: string, group: string) =>
      client.create(clusterRoleBindings, {
        metadata: { name: `${group}-${role}` },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group }],
      });
    await allow('system:node-bootstrapper', 'test:kubelets');
    const automatic = 'system:certificates.k8s.io:certificatesigningrequests:';
    await allow(`${automatic}nodeclient`, 'test:joining');
    await allow(`${automatic}selfnodeclient`, 'test:renewing');
    const asks = async (name: string, username: string, group: string) => {
      const by = member.server.client({ username, groups: [group, 'test:kubelets'] });
      const usages = ['digital signature', 'client auth'];
      const signerName = 'kubernetes.io/kube-apiserver-client-kubelet';
      await expect
        .poll(
          () => ask(name, '/O=system:nodes/CN=system:node:n7', { signerName, usages, by }).then(String, String),
          soon,
        )
        .toContain('PRIVATE KEY');
    };
    const messageOf = async (name: string) => (await statusOf(name))?.conditions?.[0]?.message;

    await asks('unknown', 'tester', 'test:others');
    await asks('stranger', 'tester', 'test:renewing');
    await asks('joining', 'tester', 'test:joining');
    await certificateOf('joining');
    expect(await messageOf('joining')).toBe('Auto approving kubelet client certificate after SubjectAccessReview.');
    await asks('renewing', 'system:node:n7', 'test:renewing');
    await certificateOf('renewing');
    expect(await messageOf('renewing')).toBe(
      'Auto approving self kubelet client certificate after SubjectAccessReview.',
    );
    expect(await kubectl.out('get csr renewing')).toContain('Approved,Issued');
    expect(await kubectl.out('get csr unknown stranger')).toMatch(/Pending[^]*Pending/);
  });

  it('nobody asks to be a master, and only those decide and sign who may for the signer', async () => {
    await expect(ask('master', '/CN=x/O=system:masters')).rejects.toThrow(
      'use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
    );
    await ask('carl', '/CN=carl');
    const role = 'system:certificates.k8s.io:kubelet-serving-approver';
    for (const name of ['admin', role]) {
      await client.create(clusterRoleBindings, {
        metadata: { name: `dora-${name}` },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'dora' }],
      });
    }
    const dora = member.server.client({ username: 'dora', groups: ['certificate-people'] });
    const condition = { type: 'Approved', status: 'True', reason: 'Test', message: '' };
    const carl = await client.get(certificateSigningRequests, { name: 'carl' });
    const approved: CertificateSigningRequest = { ...carl, status: { conditions: [condition] } };
    const approve = () => dora.update(certificateSigningRequests, approved, { subresource: 'approval' });
    await expect(approve()).rejects.toMatchObject({ code: 403 });
    await client.patch(
      clusterRoles,
      { name: role },
      {
        type: 'json',
        patch: [
          {
            op: 'add',
            path: '/rules/-',
            value: {
              apiGroups: ['certificates.k8s.io'],
              resources: ['certificatesigningrequests/approval', 'certificatesigningrequests/status'],
              verbs: ['update'],
            },
          },
        ],
      },
    );
    const refusal = (verb: string) =>
      `user not permitted to ${verb} requests with signerName "kubernetes.io/kube-apiserver-client"`;
    await expect.poll(() => approve().then(String, String), soon).toContain(refusal('approve'));
    const forged = { ...carl, status: { certificate: Buffer.from(signer.certificate).toString('base64') } };
    await expect(dora.updateStatus(certificateSigningRequests, forged)).rejects.toThrow(refusal('sign'));
  });
});
