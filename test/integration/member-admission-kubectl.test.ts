import { expect, it } from 'vitest';
import { issueClientCertificate } from '../../src/pki/index.ts';
import { hasKubectl, kubectlFor } from '../harness/kubectl.ts';
import { memberCertificates, reserveBlock, startTestMember } from '../harness/member-cluster.ts';

it.skipIf(!hasKubectl())(
  'admits and refuses as kubectl expects of a cluster',
  async () => {
    const block = await reserveBlock();
    const certificates = await memberCertificates(block);
    await using member = await startTestMember({ network: { block }, certificates, nodes: 1 });
    const admin = await issueClientCertificate(certificates.ca, {
      commonName: 'admin',
      organizations: ['system:masters'],
    });
    const { certificate: ca } = certificates.ca;
    await using kubectl = await kubectlFor({ url: member.url, certificates: { ca, admin } });

    await kubectl.out('create namespace strict');
    await kubectl.out('label namespace strict pod-security.kubernetes.io/warn=restricted');
    const made = await kubectl.run('create deployment web --image nginx -n strict'.split(' '));
    expect(made.stderr).toContain('Warning: would violate PodSecurity "restricted:latest": allowPrivilegeEscalation');
    await kubectl.out('create quota q --hard=pods=1,count/configmaps=5 -n strict');
    await expect.poll(() => kubectl.out('get quota q -n strict'), { timeout: 15_000 }).toContain('pods: 1/1');
    const refused = await kubectl.run('run second --image nginx -n strict'.split(' '));
    expect(refused.stderr).toContain(
      'pods "second" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
    );

    await kubectl.out('run web --image nginx');
    await kubectl.out('wait --for=condition=Ready pod/web --timeout=15s');
    expect(await kubectl.out('describe pod web')).toMatch(
      /\/var\/run\/secrets\/kubernetes.io\/serviceaccount from kube-api-access-\w{5} \(ro\)/,
    );
    const path = '/var/run/secrets/kubernetes.io/serviceaccount';
    expect(await kubectl.out(`exec web -- cat ${path}/namespace`)).toBe('default');
    expect(await kubectl.out(`exec web -- cat ${path}/token`)).toMatch(/^ey[\w-]+\.[\w-]+\.[\w-]+$/);
  },
  60_000,
);
