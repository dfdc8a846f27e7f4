import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clusters } from '../../federation/apis/index.ts';
import {
  configMaps,
  deployments,
  endpointSlices,
  events,
  leases,
  namespaces,
  nodes,
  pods,
  replicaSets,
  secrets,
  services,
} from '../../src/apis/index.ts';
import { createRemoteClient, type Client } from '../../src/client/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';
import { createTestCertificates } from '../harness/certificates.ts';
import { EtcdCluster, withoutEtcd } from '../harness/etcd.ts';

const root = join(import.meta.dirname, '..', '..');
const soon = { timeout: 60_000, interval: 50 };
const lease = { namespace: 'federation-system', name: 'federation-controller-manager' };
const memberKinds = [
  ...[namespaces, services, configMaps, secrets, nodes, pods, endpointSlices, events, deployments, replicaSets],
];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((resolve) => child.once('exit', resolve));
}

/** `koinon federation` in a process of its own, seen through its HTTPS API. */
async function startControlPlane(directory: string, name: string, etcd: EtcdCluster) {
  const certificates = await createTestCertificates();
  const file = async (what: string, text: string) => {
    const path = join(directory, `${name}-${what}`);
    await writeFile(path, text);
    return path;
  };
  const [port, dnsPort] = [await freePort(), await freePort()];
  const flags = {
    listen: `127.0.0.1:${port}`,
    'data-dir': join(directory, name),
    'tls-cert-file': await file('cert.pem', certificates.serving.cert),
    'tls-private-key-file': await file('key.pem', certificates.serving.key),
    'client-ca-file': await file('ca.pem', certificates.ca),
    'dns-address': `127.0.0.1:${dnsPort}`,
    storage: 'etcd',
    'etcd-servers': etcd.endpoints.join(','),
    'leader-elect-lease-duration': '5',
    'leader-elect-renew-deadline': '3',
    'leader-elect-retry-period': '1',
  };
  const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  const child = spawn(process.execPath, [join(root, 'src', 'cmd', 'main.ts'), 'federation', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, KOINON_LOG_LEVEL: 'error' },
  });
  const { certificate, key } = certificates.admin;
  const client = createRemoteClient({
    server: `https://127.0.0.1:${port}`,
    ca: certificates.ca,
    credentials: { certificate, key },
  });
  return {
    client,
    child,
    kill: async () => {
      child.kill('SIGKILL');
      await gone(child);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await gone(child);
    },
  };
}

const answers = (client: Client) =>
  client.list(namespaces).then(
    () => true,
    () => false,
  );

const stubbornly = (attempt: () => Promise<unknown>) =>
  expect
    .poll(
      () =>
        attempt().then(
          () => 'done',
          (err: unknown) => String(err),
        ),
      soon,
    )
    .toMatch(/done|already exists/);

describe.skipIf(withoutEtcd() !== false)('two federation control planes on an etcd of three', () => {
  it('go on when a member of etcd and then the leading control plane are killed', async () => {
    await using stack = new AsyncDisposableStack();
    const directory = await mkdtemp(join(tmpdir(), 'koinon-etcd-e2e-'));
    stack.defer(() => rm(directory, { recursive: true }));
    const etcd = stack.use(await EtcdCluster.start({ members: 3 }));
    const member = stack.use(await startTestApiServer({ resources: memberKinds, listen: true }));
    const planes = await Promise.all(['one', 'two'].map((name) => startControlPlane(directory, name, etcd)));
    for (const plane of planes) stack.use(plane);
    for (const { client } of planes) await expect.poll(() => answers(client), soon).toBe(true);

    const [one, two] = planes.map(({ client }) => client);
    const { ca, admin } = member.certificates;
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const kubeconfig = JSON.stringify({
      clusters: [{ name: 'm', cluster: { server: member.url, 'certificate-authority-data': base64(ca) } }],
      users: [
        {
          name: 'm',
          user: { 'client-certificate-data': base64(admin.certificate), 'client-key-data': base64(admin.key) },
        },
      ],
      contexts: [{ name: 'm', context: { cluster: 'm', user: 'm' } }],
      'current-context': 'm',
    });
    await one!.create(secrets, {
      metadata: { namespace: 'federation-system', name: 'm' },
      data: { kubeconfig: base64(kubeconfig) },
    });
    await two!.create(clusters, {
      metadata: { name: 'm' },
      spec: {
        serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: member.url }],
        secretRef: { name: 'm' },
      },
    });
    const service = (name: string) => ({ metadata: { namespace: 'default', name }, spec: { ports: [{ port: 80 }] } });
    const inMember = async () => (await member.admin.list(services)).items.map(({ metadata }) => metadata.name).sort();
    await two!.create(services, service('before'));
    await expect.poll(inMember, soon).toEqual(['before']);

    await etcd.killMember(await etcd.leader());
    await stubbornly(() => one!.create(services, service('without-one-etcd')));
    await expect.poll(inMember, soon).toEqual(['before', 'without-one-etcd']);

    const holder = async (client: Client) => (await client.get(leases, lease)).spec;
    const before = await holder(one!);
    const leading = planes.findIndex(({ child }) => before?.holderIdentity?.endsWith(`_${child.pid}`));
    expect(leading).toBeGreaterThanOrEqual(0);
    await planes[leading]!.kill();
    const survivor = planes[1 - leading]!.client;
    await stubbornly(() => survivor.create(services, service('without-the-leader')));
    // The lease of the dead leader, and what the next one takes to begin.
    await expect
      .poll(inMember, { timeout: 15_000, interval: 50 })
      .toEqual(['before', 'without-one-etcd', 'without-the-leader']);
    expect((await holder(survivor))?.holderIdentity).not.toBe(before?.holderIdentity);
  });
});
