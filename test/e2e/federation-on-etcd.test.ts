import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Resolver } from 'node:dns/promises';
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
import type { KubeObject } from '../../src/apimachinery/index.ts';
import { createRemoteClient, type Client } from '../../src/client/index.ts';
import { systemClock } from '../../src/component-base/index.ts';
import { startTestApiServer, type TestApiServer } from '../harness/api-server.ts';
import { createTestCertificates } from '../harness/certificates.ts';
import { EtcdCluster, withoutEtcd } from '../harness/etcd.ts';

const WEB = 'web.default.myfederation.svc.example.com';
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

/** What somebody who looks at the shard finds: it listens. */
async function listening() {
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}

async function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((resolve) => child.once('exit', resolve));
}

function koinon(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(root, 'src', 'cmd', 'main.ts'), ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, KOINON_LOG_LEVEL: 'error' },
  });
}

/** What the DNS there says of the Service `web`, or why it says nothing. */
function asker(port: number): () => Promise<string> {
  const resolver = new Resolver({ timeout: 10_000, tries: 2 });
  resolver.setServers([`127.0.0.1:${port}`]);
  return () => resolver.resolve4(WEB).then(String, (err: unknown) => String(err));
}

/** `koinon federation` in a process of its own, seen through its HTTPS API. */
async function startControlPlane(directory: string, name: string, etcd: EtcdCluster, ...more: readonly string[]) {
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
  const args = [...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`), ...more];
  const child = koinon('federation', ...args);
  const { certificate, key } = certificates.admin;
  const client = createRemoteClient({
    server: `https://127.0.0.1:${port}`,
    ca: certificates.ca,
    credentials: { certificate, key },
  });
  return {
    client,
    child,
    dns: `127.0.0.1:${dnsPort}`,
    url: `https://127.0.0.1:${port}`,
    files: {
      ca: flags['client-ca-file'],
      certificate: await file('admin.pem', certificate),
      key: await file('admin-key.pem', key),
    },
    answer: asker(dnsPort),
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

/** `koinon dns` in a process of its own, by what a control plane says as long as it lives. */
async function startDns(directory: string, plane: Awaited<ReturnType<typeof startControlPlane>>) {
  const port = await freePort();
  const flags = {
    server: plane.url,
    'certificate-authority': plane.files.ca,
    'client-certificate': plane.files.certificate,
    'client-key': plane.files.key,
    'data-dir': join(directory, 'beside'),
    'dns-address': `127.0.0.1:${port}`,
  };
  const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  const begin = () => koinon('dns', ...args);
  const processes = [begin()];
  const end = async () => {
    const child = processes.at(-1)!;
    child.kill('SIGTERM');
    await gone(child);
  };
  return {
    answer: asker(port),
    restart: async () => {
      await end();
      processes.push(begin());
    },
    [Symbol.asyncDispose]: end,
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

const stored = { namespace: 'default' };

/** A member's controllers would do this: the Service `web` is reached at an address, and an endpoint is ready behind it. */
async function serve({ admin }: TestApiServer, ip: string): Promise<void> {
  const shard = await admin.get(services, { ...stored, name: 'web' });
  await admin.updateStatus(services, { ...shard, status: { loadBalancer: { ingress: [{ ip }] } } });
  await admin.create(endpointSlices, {
    metadata: { ...stored, name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [ip], conditions: { ready: true } }],
    ports: [],
  });
}

/** Makes the API server a member of the federation, and waits for nothing. */
async function joinByHand(federation: readonly Client[], { url, certificates: { ca, admin } }: TestApiServer) {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const kubeconfig = JSON.stringify({
    clusters: [{ name: 'm', cluster: { server: url, 'certificate-authority-data': base64(ca) } }],
    users: [
      {
        name: 'm',
        user: { 'client-certificate-data': base64(admin.certificate), 'client-key-data': base64(admin.key) },
      },
    ],
    contexts: [{ name: 'm', context: { cluster: 'm', user: 'm' } }],
    'current-context': 'm',
  });
  await federation[0]!.create(secrets, {
    metadata: { namespace: 'federation-system', name: 'm' },
    data: { kubeconfig: base64(kubeconfig) },
  });
  await federation[1]!.create(clusters, {
    metadata: { name: 'm' },
    spec: { serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: url }], secretRef: { name: 'm' } },
  });
}

/** Each copy in the member, with what changes when it is written, or made anew. */
async function copiesIn({ admin }: TestApiServer): Promise<Readonly<Record<string, string>>> {
  const labelSelector = 'federation.koinon.dev/managed-by=myfederation';
  const lists = await Promise.all(
    [services, configMaps, deployments].map((kind) => admin.list<KubeObject>(kind, { ...stored, labelSelector })),
  );
  const copies = lists.flatMap(({ items }) => items);
  return Object.fromEntries(
    copies.map(({ kind, metadata: { name = '', uid = '', resourceVersion = '' } }) => [
      `${kind} ${name}`,
      `${uid} ${resourceVersion}`,
    ]),
  );
}

const service = (name: string, port: number) => ({
  metadata: { ...stored, name },
  spec: { type: 'LoadBalancer', ports: [{ port }] },
});

const deployment = (name: string) => ({
  metadata: { ...stored, name },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image: 'nginx' }] } },
  },
});

/** Asks again and again, from now until it is disposed of; what was answered, each once. */
function asking(answer: () => Promise<string>) {
  const answers = new Set<string>();
  const stop = new AbortController();
  const running = (async () => {
    while (!stop.signal.aborted) {
      answers.add(await answer());
      await systemClock.sleep(100, stop.signal).catch(() => undefined);
    }
  })();
  return {
    answers,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

describe.skipIf(withoutEtcd() !== false)('two federation control planes on an etcd of three', () => {
  it('go on when a member of etcd and then the leading control plane are killed, answer all the while, and write nothing anew', async () => {
    await using stack = new AsyncDisposableStack();
    const directory = await mkdtemp(join(tmpdir(), 'koinon-etcd-e2e-'));
    stack.defer(() => rm(directory, { recursive: true }));
    const etcd = stack.use(await EtcdCluster.start({ members: 3 }));
    const member = stack.use(await startTestApiServer({ resources: memberKinds, listen: true }));
    const shard = stack.use(await listening());
    const planes = await Promise.all(['one', 'two'].map((name) => startControlPlane(directory, name, etcd)));
    for (const plane of planes) stack.use(plane);
    for (const { client } of planes) await expect.poll(() => answers(client), soon).toBe(true);

    const [one, two] = [planes[0]!.client, planes[1]!.client];
    await joinByHand([one, two], member);
    const names = async () => Object.keys(await copiesIn(member)).sort();
    await two.create(services, service('web', shard.port));
    await two.create(deployments, deployment('web'));
    for (let index = 0; index < 5; index++)
      await one.create(configMaps, { metadata: { ...stored, name: `c${index}` } });
    const first = [
      'ConfigMap c0',
      'ConfigMap c1',
      'ConfigMap c2',
      'ConfigMap c3',
      'ConfigMap c4',
      'Deployment web',
      'Service web',
    ];
    await expect.poll(names, soon).toEqual(first);
    await serve(member, '127.0.0.1');
    for (const { answer } of planes) await expect.poll(answer, soon).toBe('127.0.0.1');
    const info = { namespace: 'federation-system', name: 'federation' };
    const nameservers = async () => (await one.get(configMaps, info)).data?.['nameservers']?.split(',').sort();
    await expect.poll(nameservers, soon).toEqual(planes.map(({ dns }) => dns).sort());
    const written = await copiesIn(member);

    const holder = async (client: Client) => (await client.get(leases, lease)).spec;
    const before = await holder(one);
    const leading = planes.findIndex(({ child }) => before?.holderIdentity?.endsWith(`_${child.pid}`));
    expect(leading).toBeGreaterThanOrEqual(0);
    const survivor = planes[1 - leading]!;
    const asked = stack.use(asking(survivor.answer));

    await etcd.killMember(await etcd.leader());
    await stubbornly(() => one.create(services, service('without-one-etcd', 81)));
    await expect.poll(names, soon).toEqual([...first, 'Service without-one-etcd'].sort());

    await planes[leading]!.kill();
    await stubbornly(() => survivor.client.create(services, service('without-the-leader', 82)));
    // The lease of the dead leader, and what the next one takes to begin.
    await expect.poll(names, soon).toEqual([...first, 'Service without-one-etcd', 'Service without-the-leader'].sort());
    expect((await holder(survivor.client))?.holderIdentity).not.toBe(before?.holderIdentity);
    expect([...asked.answers]).toEqual(['127.0.0.1']);
    expect(await copiesIn(member)).toMatchObject(written);

    // None is left: the member goes on with what it has, and a server beside them with its answers.
    const everything = await copiesIn(member);
    const beside = stack.use(await startDns(directory, survivor));
    await expect.poll(beside.answer, soon).toBe('127.0.0.1');
    await survivor.kill();
    expect(await copiesIn(member)).toEqual(everything);
    expect(await beside.answer()).toBe('127.0.0.1');
    await beside.restart();
    await expect.poll(beside.answer, soon).toBe('127.0.0.1');

    // The next control plane finds it so, and answers by what is stored.
    const next = stack.use(await startControlPlane(directory, 'three', etcd, '--hold-removals'));
    await expect.poll(next.answer, soon).toBe('127.0.0.1');
    await stubbornly(() => next.client.create(services, service('without-the-former', 83)));
    await expect.poll(names, soon).toContain('Service without-the-former');
    expect(await copiesIn(member)).toMatchObject(everything);
    const restored = { namespace: 'federation-system', name: 'restored' };
    expect((await next.client.get(configMaps, restored)).data?.['restoredAt']).toBeDefined();
  });
});
