import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { clusterCondition, clusters } from '../../../federation/apis/index.ts';
import { createReporter } from '../../../member-cluster/reporter/index.ts';
import { namespaces, secrets, services } from '../../../src/apis/index.ts';
import { silentLogger, start, systemClock } from '../../../src/component-base/index.ts';
import { createInformerSet } from '../../../src/controller/index.ts';
import { startTcpProxy, type TcpProxy } from '../../harness/tcp-proxy.ts';
import { balance, endpoints, startTestFederation, type TestFederation, type TestMember } from './fixture.ts';

const names = ['gce-asia-east1', 'gce-europe-west1', 'gce-us-east1'];
const soon = { timeout: 20_000, interval: 20 };
const health = {
  retryIntervalMs: 20,
  refusedOfflineMs: 100,
  silentOfflineMs: 1_500,
  shardIntervalMs: 50,
  shardTimeoutMs: 1_000,
  flapBackoffMs: 100,
};
const deps = { clock: systemClock, log: silentLogger };

/** Somebody who answers, behind as many lines as there are clusters, on one port. */
async function lines(stack: AsyncDisposableStack): Promise<readonly TcpProxy[]> {
  const server = createServer((_request, response) => response.end('here'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => {
    server.close();
  });
  // @NOTE a server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  const target = { host: '127.0.0.1', port };
  const proxies: TcpProxy[] = [];
  for (const index of names.keys()) {
    const at = { host: `127.77.0.${index + 1}`, port: proxies[0]?.port ?? 0 };
    proxies.push(stack.use(await startTcpProxy(target, at)));
  }
  return proxies;
}

/** What a member's control plane does once it is joined. */
async function report({ name, admin }: TestMember) {
  const labels = { 'federation.koinon.dev/reporter': 'account' };
  const data = { token: Buffer.from(name).toString('base64'), 'ca.crt': Buffer.from('none').toString('base64') };
  await admin.create(namespaces, { metadata: { name: 'federation-system' } });
  const metadata = { namespace: 'federation-system', name: 'federation-reporter', labels };
  await admin.create(secrets, { metadata, data });
  const informers = createInformerSet(admin, deps);
  return start([informers, createReporter({ client: admin, informers, ...deps })]);
}

async function votes({ admin }: TestFederation, name: string): Promise<number> {
  return (await admin.get(clusters, { name })).status?.votes?.length ?? 0;
}

/** How far away which others are has been measured there. */
async function measured({ admin }: TestFederation, name: string): Promise<readonly string[]> {
  const { distances = [] } = (await admin.get(clusters, { name })).status ?? {};
  return distances.map(({ cluster }) => cluster);
}

it('withdraws a member whose addresses are dead though its API is well, and takes it back', async () => {
  await using stack = new AsyncDisposableStack();
  const proxies = await lines(stack);
  const fleet = stack.use(await startTestFederation({ names, federation: { health } }));
  for (const member of fleet.members) stack.use(await report(member));
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  await fleet.admin.create(services, {
    metadata: { namespace: 'shop', name: 'web' },
    spec: { type: 'LoadBalancer', ports: [{ port: proxies[0]!.port }], selector: { app: 'web' } },
  });
  for (const [index, member] of fleet.members.entries()) {
    await expect.poll(async () => (await member.admin.list(services)).items.length, soon).toBe(1);
    await balance(member, 'shop', 'web', proxies[index]!.host);
    await endpoints(member, 'shop', 'web', [true]);
  }
  for (const name of names) await expect.poll(() => votes(fleet, name), soon).toBe(3);
  for (const name of names) {
    const others = names.filter((other) => other !== name);
    await expect.poll(() => measured(fleet, name), soon).toEqual(others);
  }
  const answer = async () => (await fleet.records())['web.shop.myfederation.svc.example.com A'];
  await expect.poll(answer, soon).toBe('127.77.0.1 127.77.0.2 127.77.0.3');
  const shown = async () => {
    const { status } = await fleet.admin.get(services, { namespace: 'shop', name: 'web' });
    return status?.loadBalancer?.ingress?.map(({ ip }) => ip);
  };

  for (const line of ['cut', 'silent'] as const) {
    await proxies[1]!.set(line);
    await expect.poll(answer, soon).toBe('127.77.0.1 127.77.0.3');
    const lost = await fleet.admin.get(clusters, { name: names[1]! });
    expect(clusterCondition(lost, 'Ready')?.status).toBe('True');
    expect(clusterCondition(lost, 'ClientsReachable')?.status).toBe('False');
    await expect.poll(shown, soon).toEqual(['127.77.0.1', '127.77.0.3']);
    await proxies[1]!.set('up');
    await expect.poll(answer, soon).toBe('127.77.0.1 127.77.0.2 127.77.0.3');
  }
});
