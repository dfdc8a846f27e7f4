import { expect, it } from 'vitest';
import { startFederation } from '../../../federation/control-plane/index.ts';
import { certificateSigningRequests, selfSubjectReviews } from '../../../src/apis/index.ts';
import { createRemoteClient } from '../../../src/client/index.ts';
import { systemClock } from '../../../src/component-base/index.ts';
import { createCertificateAuthority, issueClientCertificate } from '../../../src/pki/index.ts';
import { createMemoryStorage } from '../../../src/storage/index.ts';
import { hasOpenssl, opensslRequest } from '../../harness/certificate-request.ts';
import { createTestCertificates } from '../../harness/certificates.ts';
import { hasKubectl, kubectlFor } from '../../harness/kubectl.ts';

/** Long enough for a busy machine. */
const soon = { timeout: 10_000, interval: 10 };

it.skipIf(!hasKubectl() || !hasOpenssl())('signs what kubectl approves, and nobody else believes it', async () => {
  const { ca, serving, admin } = await createTestCertificates();
  const start = async (name: string) => {
    const signer = await createCertificateAuthority({ commonName: `${name}-signer` });
    const storage = createMemoryStorage({ clock: systemClock });
    const { cert: certificate, key, clientCa } = serving;
    const own = { host: '127.0.0.1', port: 0, certificate, key, clientCa };
    return startFederation({ name, dnsDomain: 'example.com', storage, serving: own, signer });
  };
  await using federation = await start('fed');
  await using other = await start('other');
  await using kubectl = await kubectlFor({ url: federation.url, certificates: { ca, admin } });
  const { request, key } = await opensslRequest('/CN=ann/O=dev');
  const asked = {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'ann' },
    spec: { request, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
  };
  await kubectl.out('create -f -', JSON.stringify(asked));
  await kubectl.out('certificate approve ann');
  await using administrator = createRemoteClient({ server: federation.url, ca, credentials: admin });
  const issued = async () => (await administrator.get(certificateSigningRequests, { name: 'ann' })).status?.certificate;
  await expect.poll(issued, soon).toBeDefined();
  const certificate = Buffer.from((await issued()) ?? '', 'base64').toString();

  const who = async (server: string) => {
    await using client = createRemoteClient({ server, ca, credentials: { certificate, key } });
    const { status } = await client.create(selfSubjectReviews, { metadata: {} });
    return status?.userInfo;
  };
  expect(await who(federation.url)).toMatchObject({ username: 'ann', groups: ['dev', 'system:authenticated'] });
  await expect(who(other.url)).rejects.toMatchObject({ code: 401 });
  const stranger = await issueClientCertificate(await createCertificateAuthority(), { commonName: 'ann' });
  await using unknown = createRemoteClient({ server: federation.url, ca, credentials: stranger });
  await expect(unknown.create(selfSubjectReviews, { metadata: {} })).rejects.toMatchObject({ code: 401 });
});
