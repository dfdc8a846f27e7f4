import { expect, it } from 'vitest';
import {
  configMaps,
  customResourceDefinitions,
  horizontalPodAutoscalers,
  namespaces,
  statefulSets,
  type StatefulSet,
} from '../../../src/apis/index.ts';
import type { KubeObject, Resource } from '../../../src/apimachinery/index.ts';
import type { JsonValue } from '../../../src/apimachinery/index.ts';
import type { Client } from '../../../src/client/index.ts';
import { startTestFederation, type TestFederation } from './fixture.ts';

const soon = { timeout: 10_000, interval: 20 };
const key = { namespace: 'shop', name: 'web' };
const labels = { app: 'web' };

const set = (replicas: number) => ({
  metadata: key,
  spec: {
    replicas,
    serviceName: 'web',
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx:1' }] } },
  },
});

const autoscaler = (apiVersion: string, kind: string) => ({
  metadata: key,
  spec: { minReplicas: 2, maxReplicas: 9, scaleTargetRef: { apiVersion, kind, name: 'web' } },
});

async function merge<T extends KubeObject>(client: Client, resource: Resource<T>, patch: JsonValue): Promise<void> {
  await client.patch(resource, key, { type: 'merge', patch }, { fieldManager: 'them' });
}

async function started(remote: boolean) {
  const fleet: TestFederation = await startTestFederation({ names: ['gce-asia-east1'], remote });
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  const [member] = fleet.members as [(typeof fleet.members)[0]];
  return { fleet, ...member };
}

const imageOf = ({ spec }: StatefulSet) => spec?.template.spec?.containers[0]?.image;

it.each([
  ['applies', true],
  ['puts whole objects', false],
])('leaves the replicas of a copy to the autoscaler that scales it there, where it %s', async (_how, remote) => {
  const { fleet, line, admin } = await started(remote);
  await using _fleet = fleet;
  const copy = () => line.client.get(statefulSets, key);
  const change = async (image: string) => {
    const template = { spec: { containers: [{ name: 'web', image }] } };
    await merge(fleet.admin, statefulSets, { spec: { template } });
    await expect.poll(async () => imageOf(await copy()), soon).toBe(image);
    return (await copy()).spec?.replicas;
  };
  await fleet.admin.create(statefulSets, set(3));
  await expect.poll(async () => (await admin.list(statefulSets)).items.length, soon).toBe(1);
  await fleet.admin.create(horizontalPodAutoscalers, autoscaler('apps/v1', 'StatefulSet'));
  await expect.poll(async () => (await admin.list(horizontalPodAutoscalers)).items.length, soon).toBe(1);
  // Nobody has scaled it there yet.
  expect(await change('nginx:2')).toBe(3);
  expect(await change('nginx:3')).toBe(3);

  await line.client.patch(
    statefulSets,
    key,
    { type: 'merge', patch: { spec: { replicas: 7 } } },
    { subresource: 'scale' },
  );
  expect(await change('nginx:4')).toBe(7);
  expect(await change('nginx:5')).toBe(7);
  if (remote) expect(line.writes).not.toContain('update statefulsets');

  const written = line.writes.length;
  await fleet.restart();
  await fleet.admin.create(configMaps, { metadata: { namespace: 'shop', name: 'last' } });
  await expect.poll(() => line.writes.slice(written), soon).toContain('create configmaps');
  expect(line.writes.slice(written).filter((write) => write.endsWith('statefulsets'))).toEqual([]);

  await fleet.admin.delete(horizontalPodAutoscalers, key, { propagationPolicy: 'Background' });
  await expect.poll(async () => (await copy()).spec?.replicas, soon).toBe(3);
});

it('makes a copy with the replicas that are asked for, and leaves them then', async () => {
  const { fleet, line, admin } = await started(true);
  await using _fleet = fleet;
  await fleet.admin.create(horizontalPodAutoscalers, autoscaler('apps/v1', 'StatefulSet'));
  await fleet.admin.create(statefulSets, set(3));
  await expect.poll(async () => (await admin.list(statefulSets)).items[0]?.spec?.replicas, soon).toBe(3);
  await merge(line.client, statefulSets, { spec: { replicas: 5 } });
  await merge(fleet.admin, statefulSets, { metadata: { labels: { tier: 'gold' } }, spec: { replicas: 4 } });
  await expect
    .poll(async () => (await line.client.get(statefulSets, key)).metadata.labels, soon)
    .toHaveProperty('tier');
  expect((await line.client.get(statefulSets, key)).spec?.replicas).toBe(5);
});

it('knows where the replicas of a custom resource are', async () => {
  const { fleet, line, admin } = await started(true);
  await using _fleet = fleet;
  const integer = { type: 'integer' };
  const spec = { type: 'object', properties: { size: integer, image: { type: 'string' } } };
  const status = { type: 'object', properties: { size: integer } };
  const names = { plural: 'rings', singular: 'ring', kind: 'Ring', listKind: 'RingList' };
  await fleet.admin.create(customResourceDefinitions, {
    metadata: { name: 'rings.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names,
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec, status } } },
          subresources: { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' } },
        },
      ],
    },
  });
  interface Ring extends KubeObject {
    readonly spec?: { readonly size?: number; readonly image?: string };
  }
  const rings: Resource<Ring> = {
    group: 'example.com',
    version: 'v1',
    kind: 'Ring',
    plural: 'rings',
    namespaced: true,
  };
  await fleet.admin.create(horizontalPodAutoscalers, autoscaler('example.com/v1', 'Ring'));
  const ring = { metadata: key, spec: { size: 3, image: 'a' } };
  await expect
    .poll(
      () =>
        fleet.admin.create(rings, ring).then(
          () => true,
          () => false,
        ),
      soon,
    )
    .toBe(true);
  await expect
    .poll(
      () =>
        admin.list(rings).then(
          ({ items }) => items[0]?.spec?.size,
          () => 0,
        ),
      soon,
    )
    .toBe(3);
  for (const image of ['b', 'c']) {
    await merge(fleet.admin, rings, { spec: { image } });
    await expect.poll(async () => (await line.client.get(rings, key)).spec, soon).toEqual({ size: 3, image });
  }
});
