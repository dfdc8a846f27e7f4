import { expect, it } from 'vitest';
import { startFederation } from '../../federation/control-plane/index.ts';
import { isNotFound } from '../../src/apimachinery/index.ts';
import { componentStatuses, nodeMetrics, nodes, podMetrics, pods } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { systemClock } from '../../src/component-base/index.ts';
import { createMemoryStorage } from '../../src/storage/index.ts';
import { adminUser } from '../harness/api-server.ts';
import { startTestMember } from '../harness/member-cluster.ts';

async function components(client: Client) {
  const { items } = await client.list(componentStatuses);
  return items.map(({ metadata, conditions = [] }) =>
    [metadata.name, ...conditions.flatMap(({ type, status, message }) => [type, status, message])].join(' '),
  );
}

it('a federation tells of its own parts, and not of what its members use', async () => {
  const storage = createMemoryStorage({ clock: systemClock });
  await using federation = await startFederation({ name: 'fed', dnsDomain: 'example.com', storage });
  const client = federation.client(adminUser);
  expect(await components(client)).toEqual(['controller-manager Healthy True ok', 'etcd-0 Healthy True ok']);
  await expect(client.list(podMetrics)).rejects.toMatchObject({ status: { code: 404 } });
});

it('a member tells of its parts, and what its nodes and pods use as long as they can be asked', async () => {
  await using member = await startTestMember({ nodes: 2 });
  const { client } = member;
  expect(await components(client)).toEqual([
    'controller-manager Healthy True ok',
    'etcd-0 Healthy True ok',
    'scheduler Healthy True ok',
  ]);
  const resources = { requests: { cpu: '1', memory: '1Gi' } };
  await client.create(pods, {
    metadata: { namespace: 'default', name: 'web' },
    spec: { nodeName: 'test-node-1', containers: [{ name: 'main', image: 'nginx', resources }] },
  });
  const web = { namespace: 'default', name: 'web' };
  const used = () =>
    client.get(podMetrics, web).then(
      ({ containers }) => containers,
      (err: unknown) => isNotFound(err),
    );
  await expect.poll(used).toEqual([{ name: 'main', usage: { cpu: '500m', memory: '512Mi' } }]);
  const { items } = await client.list(nodeMetrics);
  expect(items.map(({ metadata, usage }) => [metadata.name, usage['cpu']])).toEqual([
    ['test-node-1', '600m'],
    ['test-node-2', '100m'],
  ]);
  const dark = { metadata: { annotations: { 'koinon.dev/hollow-down': 'true' } } };
  await client.patch(nodes, { name: 'test-node-1' }, { type: 'merge', patch: dark });
  await expect
    .poll(async () => (await client.list(nodeMetrics)).items.map(({ metadata }) => metadata.name))
    .toEqual(['test-node-2']);
  await expect.poll(used).toBe(true);
  expect((await client.list(podMetrics)).items).toEqual([]);
});
