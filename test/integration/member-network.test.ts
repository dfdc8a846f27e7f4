import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { MemberCluster } from '../../member-cluster/control-plane/index.ts';
import {
  deployments,
  endpoints,
  endpointSlices,
  events,
  namespaces,
  nodes,
  pods,
  services,
} from '../../src/apis/index.ts';
import { systemClock, type Clock } from '../../src/component-base/index.ts';
import { createRemoteClient } from '../../src/client/index.ts';
import { createCertificateAuthority, issueClientCertificate, issueServingCertificate } from '../../src/pki/index.ts';
import { memberCertificates, reserveBlock, startTestMember } from '../harness/member-cluster.ts';

const block = await reserveBlock();
const inRange = new RegExp(`^127\\.${block}\\.200\\.\\d+$`);

const directory = await mkdtemp(join(tmpdir(), 'koinon-member-'));
afterAll(() => rm(directory, { recursive: true, force: true }));

const namespace = 'default';
const labels = { app: 'web' };

async function deploy({ client }: MemberCluster): Promise<void> {
  const containers = [{ name: 'web', image: 'nginx', ports: [{ containerPort: 8080 }] }];
  await client.create(deployments, {
    metadata: { namespace, name: 'web' },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
  await client.create(services, {
    metadata: { namespace, name: 'web' },
    spec: { type: 'LoadBalancer', selector: labels, ports: [{ port: 8000, targetPort: 8080 }] },
  });
}

async function balancerOf({ client }: MemberCluster): Promise<string> {
  const { status } = await client.get(services, { namespace, name: 'web' });
  return status?.loadBalancer?.ingress?.[0]?.ip ?? '';
}

/** The body of a GET, or the code of the error. */
function fetchText(url: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  get(url, { agent: false, timeout: 2000 }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (part: string) => (text += part));
    response.on('end', () => {
      resolve(text);
    });
  }).on('error', (err: NodeJS.ErrnoException) => {
    resolve(err.code ?? err.message);
  });
  return promise;
}

it('answers at the address of a load balancer for as long as a pod is ready behind it', async () => {
  await using member = await startTestMember({ network: { block }, name: 'net' });
  await deploy(member);
  await expect.poll(() => balancerOf(member)).toMatch(inRange);
  const url = `http://${await balancerOf(member)}:8000/`;
  await expect.poll(() => fetchText(url), { timeout: 5000 }).toContain('net');
  const { spec } = await member.client.get(services, { namespace, name: 'web' });
  expect(await fetchText(`http://${spec?.clusterIP ?? ''}:8000/`)).toContain('web-');

  await member.client.patch(
    deployments,
    { namespace, name: 'web' },
    { type: 'merge', patch: { spec: { replicas: 0 } } },
  );
  await expect.poll(() => fetchText(url), { timeout: 5000 }).toMatch(/^E[A-Z]+|socket hang up/);
  await member.client.patch(
    deployments,
    { namespace, name: 'web' },
    { type: 'merge', patch: { spec: { replicas: 1 } } },
  );
  await expect.poll(() => fetchText(url), { timeout: 5000 }).toContain('net');
});

it('carries the traffic of a Service without selector to the Endpoints kept for it by hand', async () => {
  await using member = await startTestMember({ network: { block }, name: 'net' });
  await deploy(member);
  const backends = async () => (await member.client.get(endpoints, { namespace, name: 'web' })).subsets ?? [];
  await expect.poll(async () => (await backends())[0]?.addresses?.length).toBe(2);
  const { client } = member;
  const { spec } = await client.create(services, {
    metadata: { namespace, name: 'mine' },
    spec: { ports: [{ port: 8001 }] },
  });
  const url = `http://${spec?.clusterIP ?? ''}:8001/`;
  const subsets = (await backends()).map(({ addresses = [], ports = [] }) => ({ addresses, ports }));
  await client.create(endpoints, { metadata: { namespace, name: 'mine', labels: { mine: 'yes' } }, subsets });
  await expect.poll(() => fetchText(url), { timeout: 5000 }).toContain('net');
  const mirrors = async () => (await client.list(endpointSlices, { namespace, labelSelector: 'mine=yes' })).items;
  expect((await mirrors()).map(({ endpoints: held = [] }) => held.length)).toEqual([2]);

  await client.delete(endpoints, { namespace, name: 'mine' });
  await expect.poll(async () => (await mirrors()).length).toBe(0);
});

it('lets a node go dark when its annotation says so, and come back', async () => {
  const node = 'net-node-1';
  await using member = await startTestMember({ network: { block }, name: 'net', nodes: 1 });
  const { client } = member;
  await deploy(member);
  const addresses = async () => {
    const { items } = await client.list(pods, { namespace });
    return items.map(({ status }) => status?.podIP ?? '').filter((ip) => ip !== '');
  };
  await expect.poll(addresses).toHaveLength(2);
  const [ip = ''] = await addresses();
  const url = `http://${ip}:8080/`;
  await expect.poll(() => fetchText(url)).toContain('net');
  const power = async (value: string | null) => {
    const patch = { metadata: { annotations: { 'koinon.dev/hollow-down': value } } };
    await client.patch(nodes, { name: node }, { type: 'merge', patch });
  };

  await power('true');
  await expect.poll(() => fetchText(url)).toBe('ECONNREFUSED');
  const lost = await client.create(pods, {
    metadata: { namespace, name: 'lost' },
    spec: { nodeName: node, containers: [{ name: 'c', image: 'x' }] },
  });
  await client.delete(deployments, { namespace, name: 'web' });
  await expect
    .poll(async () => (await client.list(pods, { namespace })).items.map(({ metadata }) => metadata.deletionTimestamp))
    .toEqual([undefined, expect.any(String), expect.any(String)]);
  expect((await client.get(pods, { namespace, name: 'lost' })).metadata.uid).toBe(lost.metadata.uid);

  await power(null);
  await expect.poll(async () => (await client.list(pods, { namespace })).items.length, { timeout: 5000 }).toBe(1);
  await expect.poll(async () => (await client.get(pods, { namespace, name: 'lost' })).status?.phase).toBe('Running');
});

it('opens ports that it may not open 10,000 higher, pods and Services alike, and says so', async () => {
  await using member = await startTestMember({ network: { block }, name: 'net', lowestPort: 9000 });
  await deploy(member);
  await expect.poll(() => balancerOf(member)).toMatch(inRange);
  const address = await balancerOf(member);
  await expect.poll(() => fetchText(`http://${address}:18000/`), { timeout: 5000 }).toContain('net');
  expect(await fetchText(`http://${address}:8000/`)).toBe('ECONNREFUSED');
  await expect
    .poll(async () => (await member.client.list(events, { namespace })).items.map(({ reason }) => reason))
    .toContain('PortMoved');
});

it('serves the API over HTTPS, ready only when all of it is', async () => {
  const ca = await createCertificateAuthority();
  const serving = await issueServingCertificate(ca, { commonName: 'kube-apiserver', hosts: [`127.${block}.0.1`] });
  const { serviceAccountKey } = await memberCertificates();
  await using member = await startTestMember({
    network: { block },
    certificates: { ca, serving, serviceAccountKey },
  });
  const { certificate, key } = await issueClientCertificate(ca, {
    commonName: 'anna',
    organizations: ['system:masters'],
  });
  await using client = createRemoteClient({
    server: member.url,
    ca: ca.certificate,
    credentials: { certificate, key },
  });
  expect(await client.raw('/readyz')).toBe('ok');
  await deploy(member);
  await expect
    .poll(() => member.status(), { timeout: 5000 })
    .toEqual({
      ready: true,
      nodes: { total: 2, ready: 2 },
      pods: { total: 2, running: 2 },
    });
  const [pod] = (await client.list(pods, { namespace, labelSelector: 'app=web' })).items;
  const log = await client.raw(`/api/v1/namespaces/default/pods/${pod?.metadata.name ?? ''}/log`);
  expect(log).not.toBe('');
});

it('goes on where it was after a restart on the same storage', async () => {
  const options = {
    network: { block },
    storage: { type: 'embedded', directory },
    certificates: await memberCertificates(block),
  } as const;
  const before = await startTestMember(options);
  await deploy(before);
  await before.client.create(namespaces, { metadata: { name: 'kept' } });
  await expect.poll(() => before.status().pods, { timeout: 5000 }).toEqual({ total: 2, running: 2 });
  await expect.poll(() => balancerOf(before)).toMatch(inRange);
  const address = await balancerOf(before);
  const { metadata, spec } = await before.client.get(services, { namespace, name: 'web' });
  const names = (await before.client.list(pods, { namespace })).items.map((pod) => pod.metadata.name).sort();

  const stopping = performance.now();
  await before[Symbol.asyncDispose]();
  expect(performance.now() - stopping).toBeLessThan(1000);
  await before.done;

  await using after = await startTestMember(options);
  const service = await after.client.get(services, { namespace, name: 'web' });
  expect(service.metadata.uid).toBe(metadata.uid);
  expect(service.spec?.clusterIP).toBe(spec?.clusterIP);
  expect(await after.client.get(namespaces, { name: 'kept' })).toBeDefined();
  await expect.poll(() => fetchText(`http://${address}:8000/`), { timeout: 5000 }).toContain('web-');
  expect(await balancerOf(after)).toBe(address);
  expect((await after.client.list(pods, { namespace })).items.map((pod) => pod.metadata.name).sort()).toEqual(names);

  const taken = { type: 'LoadBalancer', selector: labels, loadBalancerIP: address, ports: [{ port: 1 }] };
  await expect(
    after.client.create(services, {
      metadata: { namespace, name: 'ip' },
      spec: { clusterIP: spec?.clusterIP ?? '', ports: [{ port: 1 }] },
    }),
  ).rejects.toThrow('already allocated');
  await after.client.create(services, { metadata: { namespace, name: 'thief' }, spec: taken });
  await expect
    .poll(async () => (await after.client.list(events, { namespace })).items.map(({ reason }) => reason))
    .toContain('SyncLoadBalancerFailed');
});

/** The system's clock, and how many of its timers wait. */
function countingClock() {
  const waiting = new Set<object>();
  const clock: Clock = {
    ...systemClock,
    after: (ms, fn) => {
      const timer = {};
      waiting.add(timer);
      const cancel = systemClock.after(ms, () => {
        waiting.delete(timer);
        fn();
      });
      return () => {
        waiting.delete(timer);
        cancel();
      };
    },
    sleep: async (ms, signal) => {
      const timer = {};
      waiting.add(timer);
      await systemClock.sleep(ms, signal).finally(() => waiting.delete(timer));
    },
  };
  return { clock, waiting };
}

it('leaves nothing running behind: no listener, no connection, no timer', async () => {
  const handles = () =>
    process
      .getActiveResourcesInfo()
      .filter((kind) => kind !== 'Timeout' && kind !== 'Immediate')
      .sort();
  const certificates = await memberCertificates(block);
  const before = handles();
  const { clock, waiting } = countingClock();
  for (let round = 0; round < 3; round++) {
    const member = await startTestMember({ network: { block }, certificates, clock });
    await deploy(member);
    await expect.poll(() => member.status().pods.running, { timeout: 5000 }).toBe(2);
    expect(waiting.size).toBeGreaterThan(0);
    await member[Symbol.asyncDispose]();
    expect(waiting.size).toBe(0);
  }
  await expect.poll(handles).toEqual(before);
});

it('lets many members live in one process', async () => {
  const certificates = await memberCertificates();
  const members = await Promise.all(
    Array.from({ length: 30 }, (_, index) => startTestMember({ name: `m${index}`, nodes: 1, certificates })),
  );
  try {
    await Promise.all(members.map(deploy));
    await expect
      .poll(() => members.map((member) => member.status().pods.running), { timeout: 15_000 })
      .toEqual(members.map(() => 2));
  } finally {
    await Promise.all(members.map((member) => member[Symbol.asyncDispose]()));
  }
});
