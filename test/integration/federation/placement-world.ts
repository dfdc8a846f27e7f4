import { expect } from 'vitest';
import { clusters, isReady, placementPolicies, type Cluster, type Placement } from '../../../federation/apis/index.ts';
import type { JsonValue, KubeObject, Resource } from '../../../src/apimachinery/index.ts';
import { deployments, namespaces, type Deployment } from '../../../src/apis/index.ts';
import type { Client, Patch } from '../../../src/client/index.ts';
import { startTestFederation, type TestFederation } from './fixture.ts';

export const soon = { timeout: 10_000, interval: 20 };
export const EU = 'gce-europe-west1';
export const ASIA = 'gce-asia-east1';
export const US = 'gce-us-east1';
export const three = { names: [ASIA, EU, US] };
export const PLACEMENT = 'federation.koinon.dev/placement';

export async function started(options: Parameters<typeof startTestFederation>[0] = three): Promise<TestFederation> {
  const fleet = await startTestFederation(options);
  const isKnown = (cluster: Cluster) => isReady(cluster) && cluster.status?.region !== undefined;
  await expect.poll(async () => (await fleet.admin.list(clusters)).items.filter(isKnown).length, soon).toBe(3);
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  return fleet;
}

export async function find<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  name: string,
): Promise<T | undefined> {
  return (await client.list(resource, { namespace: 'shop' })).items.find(({ metadata }) => metadata.name === name);
}

/** Names of members that have it. */
export async function holders(fleet: TestFederation, resource: Resource, name: string): Promise<readonly string[]> {
  const found = await Promise.all(
    fleet.members.map(async (member) =>
      (await find(member.admin, resource, name)) === undefined ? [] : [member.name],
    ),
  );
  return found.flat().sort();
}

export async function replicas(fleet: TestFederation, name = 'web'): Promise<Readonly<Record<string, number>>> {
  const found = await Promise.all(
    fleet.members.map(async (member) => {
      const copy = await find(member.admin, deployments, name);
      return copy === undefined ? [] : [[member.name, copy.spec?.replicas ?? 1] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}

/** A merge patch. */
export function merging(patch: object): Patch {
  // @NOTE what is written in these tests is JSON.
  return { type: 'merge', patch: patch as JsonValue };
}

export const template = (image = 'nginx:1.25') => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image }] },
});
export const web = (count: number, annotations: Record<string, string> = {}) => ({
  metadata: { name: 'web', namespace: 'shop', annotations },
  spec: { replicas: count, selector: { matchLabels: { app: 'web' } }, template: template() },
});
export const forDeployments = [{ apiVersion: 'apps/v1', kind: 'Deployment' }];
export const forSettings = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'settings' }];
export const settings = { metadata: { name: 'settings', namespace: 'shop' }, data: { colour: 'red' } };
export const inRegion = (...values: readonly string[]): Placement => ({
  clusterAffinity: { fieldSelector: { matchExpressions: [{ key: 'region', operator: 'In', values }] } },
});

export async function record(fleet: TestFederation, resource: Resource, name: string): Promise<unknown> {
  const text = (await find(fleet.admin, resource, name))?.metadata.annotations?.[PLACEMENT];
  return text === undefined ? undefined : JSON.parse(text);
}

export async function place(fleet: TestFederation, placement: Placement, more: object = {}): Promise<void> {
  await fleet.admin.create(placementPolicies, {
    metadata: { name: 'web', namespace: 'shop' },
    spec: { resourceSelectors: forDeployments, placement, ...more },
  });
}

/** What the controllers of a member would do: everything asked for is ready. */
export async function becomeReady({ admin }: TestFederation['members'][number], name = 'web'): Promise<void> {
  const copy = await admin.get(deployments, { namespace: 'shop', name });
  const count = copy.spec?.replicas ?? 1;
  const status: Deployment['status'] = { replicas: count, readyReplicas: count, availableReplicas: count };
  await admin.updateStatus(deployments, { ...copy, status });
}
