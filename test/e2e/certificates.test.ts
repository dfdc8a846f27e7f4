import { copyFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hasOpenssl, opensslRequest } from '../harness/certificate-request.ts';
import { mustSucceed, Sandbox } from './fleet.ts';

const soon = { timeout: 20_000, interval: 50 };
const [FEDERATION, FIRST, SECOND] = ['federation-cluster', 'gce-asia-east1', 'gce-europe-west1'];

/** What `kubectl certificate` is given, made by openssl; the key is in a file. */
async function ask(sandbox: Sandbox, context: string, name: string): Promise<void> {
  const { request, key } = await opensslRequest(`/CN=${name}/O=dev`);
  await writeFile(keyFile(sandbox, context, name), key, { mode: 0o600 });
  const file = join(sandbox.directory, `${context}-${name}.yaml`);
  const signerName = 'kubernetes.io/kube-apiserver-client';
  const asked = {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: { request, signerName, usages: ['client auth'], expirationSeconds: 3600 },
  };
  await writeFile(file, JSON.stringify(asked));
  await sandbox.kubectl(`--context=${context}`, 'apply', '-f', file);
}

const keyFile = ({ directory }: Sandbox, context: string, name: string) => join(directory, `${context}-${name}.key`);

async function approve(sandbox: Sandbox, context: string, name: string): Promise<void> {
  expect(await sandbox.kubectl(`--context=${context}`, 'certificate', 'approve', name)).toContain('approved');
  const args = [`--context=${context}`, 'get', 'csr', name, '-o', 'jsonpath={.status.certificate}'];
  await expect.poll(() => sandbox.kubectl(...args), soon).not.toBe('');
  const certificate = Buffer.from(await sandbox.kubectl(...args), 'base64');
  const file = join(sandbox.directory, `${context}-${name}.crt`);
  await writeFile(file, certificate);
  const credentials = [`--client-certificate=${file}`, `--client-key=${keyFile(sandbox, context, name)}`];
  await sandbox.kubectl('config', 'set-credentials', `${name}-of-${context}`, ...credentials);
}

/** As kubectl says it, at `context`, with the certificate that `issuer` gave. */
async function whoIs(sandbox: Sandbox, name: string, issuer: string, context = issuer): Promise<string> {
  const { stdout, stderr } = await sandbox.run('kubectl', [
    `--context=${context}`,
    `--user=${name}-of-${issuer}`,
    ...['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username} {.status.userInfo.groups}'],
  ]);
  return stdout + stderr;
}

it.skipIf(!hasOpenssl())(
  'kubectl certificate approve leads to a certificate that is known there and nowhere else',
  async () => {
    await using sandbox = await Sandbox.create();
    await sandbox.up('--clusters', '2', '--nodes', '1');
    const contexts = (await sandbox.kubectl('config', 'get-contexts', '-o', 'name')).trim().split('\n').sort();
    const [federation = FEDERATION, first = FIRST, second = SECOND] = contexts;
    for (const context of [federation, first, second]) {
      await ask(sandbox, context, 'ann');
      expect(await sandbox.kubectl(`--context=${context}`, 'get', 'csr', 'ann')).toContain('Pending');
      await approve(sandbox, context, 'ann');
      expect(await sandbox.kubectl(`--context=${context}`, 'get', 'csr', 'ann')).toContain('Approved,Issued');
      expect(await whoIs(sandbox, 'ann', context)).toBe('ann ["dev","system:authenticated"]');
    }
    expect(await whoIs(sandbox, 'ann', first, second)).toContain('Unauthorized');
    expect(await whoIs(sandbox, 'ann', first, federation)).toContain('Unauthorized');
    expect(await whoIs(sandbox, 'ann', federation, first)).toContain('Unauthorized');

    await ask(sandbox, first, 'ben');
    expect(await sandbox.kubectl(`--context=${first}`, 'certificate', 'deny', 'ben')).toContain('denied');
    expect(await sandbox.kubectl(`--context=${first}`, 'get', 'csr', 'ben')).toMatch(/ben.*Denied\n/);
  },
);

it.skipIf(!hasOpenssl())('fleets of before get authorities, and their kubeconfigs stay good', async () => {
  await using sandbox = await Sandbox.create();
  await sandbox.up('--clusters', '1', '--nodes', '1');
  const before = join(sandbox.directory, 'kubeconfig-of-before');
  await copyFile(sandbox.kubeconfig, before);
  mustSucceed('koinon down', await sandbox.koinon('down', '--keep-data'));
  const pki = join(sandbox.home, 'pki');
  for (const file of await readdir(pki)) if (file.includes('-signer.')) await rm(join(pki, file));
  mustSucceed('koinon up', await sandbox.koinon('up'));
  await sandbox.kubectl(`--kubeconfig=${before}`, `--context=${FEDERATION}`, 'get', 'clusters');
  await sandbox.kubectl(`--kubeconfig=${before}`, `--context=${FIRST}`, 'get', 'nodes');
  await ask(sandbox, FIRST, 'ann');
  await approve(sandbox, FIRST, 'ann');
  expect(await whoIs(sandbox, 'ann', FIRST)).toContain('ann');

  const status: unknown = JSON.parse(mustSucceed('status', await sandbox.koinon('status', '-o', 'json')));
  const certificates = ['ca', 'admin', 'gce-asia-east1-signer', 'myfederation-signer'];
  for (const name of certificates) {
    const entry = expect.objectContaining({ name, state: 'Valid' }) as unknown;
    expect(status).toMatchObject({ certificates: expect.arrayContaining([entry]) as unknown });
  }
});
