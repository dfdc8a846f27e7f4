import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { clusterCondition, clusters, isReady } from '../../../federation/apis/index.ts';
import { deployments, namespaces, services } from '../../../src/apis/index.ts';
import { startTcpProxy, type TcpProxy } from '../../harness/tcp-proxy.ts';
import { balance, endpoints, startTestFederation, type TestFederation } from './fixture.ts';

const soon = { timeout: 20_000, interval: 20 };
const ASIA = 'gce-asia-east1';
const EU = 'gce-europe-west1';
const US = 'gce-us-east1';
const names = [ASIA, EU, US];
const quick = {
  probeIntervalMs: 100,
  retryIntervalMs: 20,
  offlineIntervalMs: 50,
  refusedOfflineMs: 100,
  shardIntervalMs: 50,
  flapBackoffMs: 50,
};
const web = { namespace: 'shop', name: 'web' };

/** What a cluster's clients reach: somebody who answers, at an address that can be cut off. */
async function address(stack: AsyncDisposableStack): Promise<TcpProxy> {
  const server = createServer((_request, response) => response.end('here'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => {
    server.close();
  });
  // @NOTE a server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return stack.use(await startTcpProxy({ host: '127.0.0.1', port }));
}

async function replicas({ members }: TestFederation): Promise<Readonly<Record<string, number | undefined>>> {
  const copies = members.map(async ({ name, admin }) => {
    const { items } = await admin.list(deployments, { namespace: 'shop' });
    return [name, items[0]?.spec?.replicas] as const;
  });
  return Object.fromEntries(await Promise.all(copies));
}

async function elsewhere(fleet: TestFederation): Promise<number> {
  const { [EU]: first = 0, [US]: second = 0 } = await replicas(fleet);
  return first + second;
}

async function condition({ admin }: TestFederation, name: string, type: 'Ready' | 'Offline' | 'ClientsReachable') {
  return clusterCondition(await admin.get(clusters, { name }), type)?.status;
}

it('leaves its replicas to a cluster that only the federation has lost, until its clients lose it too', async () => {
  await using stack = new AsyncDisposableStack();
  const way = await address(stack);
  const fleet = stack.use(
    await startTestFederation({ names, federation: { health: quick, sync: { replanAfterMs: 200 } } }),
  );
  const ready = async () => (await fleet.admin.list(clusters)).items.filter(isReady).length;
  await expect.poll(ready, soon).toBe(3);
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  await fleet.admin.create(services, {
    metadata: web,
    spec: { type: 'LoadBalancer', ports: [{ port: way.port }], selector: { app: 'web' } },
  });
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } };
  const spec = { replicas: 9, selector: { matchLabels: { app: 'web' } }, template };
  await fleet.admin.create(deployments, { metadata: web, spec });
  await expect.poll(() => replicas(fleet), soon).toEqual({ [ASIA]: 3, [EU]: 3, [US]: 3 });
  const lost = fleet.member(ASIA);
  await expect.poll(async () => (await lost.admin.list(services)).items.length, soon).toBe(1);
  await balance(lost, 'shop', 'web', way.host);
  await endpoints(lost, 'shop', 'web', [true]);
  const votes = async () => (await fleet.admin.get(clusters, { name: ASIA })).status?.votes?.length ?? 0;
  await expect.poll(votes, soon).toBe(1);

  lost.line.set('refused');
  await expect.poll(() => condition(fleet, ASIA, 'Offline'), soon).toBe('True');
  expect(await condition(fleet, ASIA, 'ClientsReachable')).toBe('True');
  // What is asked for now goes where it can be made.
  await fleet.admin.patch(deployments, web, { type: 'merge', patch: { spec: { replicas: 13 } } });
  await expect.poll(() => elsewhere(fleet), soon).toBe(10);
  expect((await replicas(fleet))[ASIA]).toBe(3);

  await way.set('cut');
  await expect.poll(() => condition(fleet, ASIA, 'ClientsReachable'), soon).toBe('False');
  await expect.poll(() => elsewhere(fleet), soon).toBe(13);
  expect((await replicas(fleet))[ASIA]).toBe(3);

  await way.set('up');
  lost.line.set('up');
  await expect.poll(() => condition(fleet, ASIA, 'ClientsReachable'), soon).toBe('True');
  await expect.poll(() => condition(fleet, ASIA, 'Ready'), soon).toBe('True');
});
