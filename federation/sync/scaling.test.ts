import { afterAll, expect, it } from 'vitest';
import type { KubeObject, Resource } from '../../src/apimachinery/index.ts';
import { deployments, horizontalPodAutoscalers, jobs, replicaSets, statefulSets } from '../../src/apis/index.ts';
import { FakeClock, silentLogger, start } from '../../src/component-base/index.ts';
import { createInformerSet } from '../../src/controller/index.ts';
import { FakeClient } from '../../test/harness/fake-client.ts';
import {
  clusterPlacementPolicies,
  clusterOverridePolicies,
  overridePolicies,
  placementPolicies,
} from '../apis/index.ts';
import { PolicyIndex } from './placing-policies.ts';
import { Scaling } from './scaling.ts';

const client = new FakeClient();
const informers = createInformerSet(client, { clock: new FakeClock(), log: silentLogger });
const scaling = new Scaling(informers, new PolicyIndex(informers));
for (const resource of [placementPolicies, clusterPlacementPolicies, overridePolicies, clusterOverridePolicies]) {
  informers.of<KubeObject>(resource);
}
const running = await start([informers]);
afterAll(() => running[Symbol.asyncDispose]());

const namespace = 'shop';
const kinds = new Map<string, Resource>([deployments, replicaSets, statefulSets].map((one) => [one.kind, one]));
const PREFERENCES = 'federation.kubernetes.io/deployment-preferences';

const autoscaler = (name: string, kind: string, apiVersion = 'apps/v1', annotations = {}) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { namespace, name, annotations },
  spec: { maxReplicas: 5, scaleTargetRef: { apiVersion, kind, name } },
});

/** A target of this kind, and a policy for it. */
async function target(name: string, kind: string, type?: 'Divided' | 'Duplicated', annotations = {}) {
  const resource = kinds.get(kind) ?? deployments;
  const object = { apiVersion: 'apps/v1', kind, metadata: { namespace, name, annotations }, spec: {} };
  await client.create<KubeObject>(resource, object);
  if (type !== undefined) {
    await client.create(placementPolicies, {
      metadata: { namespace, name },
      spec: {
        resourceSelectors: [{ apiVersion: 'apps/v1', kind, name }],
        placement: { replicaScheduling: { replicaSchedulingType: type } },
      },
    });
  }
  await expect.poll(() => informers.of(resource).lister.get(`${namespace}/${name}`)).toBeDefined();
  await expect
    .poll(() => informers.of(placementPolicies).lister.get(`${namespace}/${name}`) !== undefined)
    .toBe(type !== undefined);
  return { resource, object };
}

it.each([
  ['a Deployment', 'Deployment', undefined, {}, true],
  ['a Deployment that is divided', 'Deployment', 'Divided', {}, true],
  ['a Deployment of which all have all', 'Deployment', 'Duplicated', {}, false],
  ['a Deployment that says itself how it is divided', 'Deployment', 'Duplicated', { [PREFERENCES]: '{}' }, true],
  ['a ReplicaSet', 'ReplicaSet', undefined, {}, true],
  ['a StatefulSet', 'StatefulSet', undefined, {}, false],
  ['a StatefulSet that is divided', 'StatefulSet', 'Divided', {}, true],
] as const)('decides who scales %s', async (what, kind, type, annotations, isHere) => {
  const name = what.toLowerCase().replaceAll(' ', '-');
  const { resource, object } = await target(name, kind, type, annotations);
  const created = await client.create(horizontalPodAutoscalers, autoscaler(name, kind));
  await expect.poll(() => informers.of(horizontalPodAutoscalers).lister.get(`${namespace}/${name}`)).toBeDefined();
  expect(scaling.isScaledHere(created)).toBe(isHere);
  expect(scaling.fieldLeft(resource, object)?.path).toEqual(isHere ? undefined : ['spec', 'replicas']);
});

it('takes it that what is not there yet is divided as usual', () => {
  expect(scaling.isScaledHere(autoscaler('later', 'Deployment'))).toBe(true);
  expect(scaling.isScaledHere(autoscaler('later', 'Deployment', 'extensions/v1beta1'))).toBe(true);
  expect(scaling.isScaledHere(autoscaler('later', 'StatefulSet'))).toBe(false);
  expect(scaling.isScaledHere(autoscaler('later', 'Ring', 'example.com/v1'))).toBe(false);
  const system = autoscaler('later', 'Deployment');
  expect(scaling.isScaledHere({ ...system, metadata: { ...system.metadata, namespace: 'kube-system' } })).toBe(false);
});

it('leaves replicas only to clusters that have the autoscaler, and only where there is a scale', async () => {
  const { resource, object } = await target('some', 'StatefulSet');
  expect(scaling.fieldLeft(resource, object)).toBeUndefined();
  const record = { 'federation.koinon.dev/placement': '{"clusters":{"eu":true}}' };
  await client.create(horizontalPodAutoscalers, autoscaler('some', 'StatefulSet', 'apps/v1', record));
  await client.create(horizontalPodAutoscalers, autoscaler('work', 'Job', 'batch/v1'));
  await expect.poll(() => scaling.fieldLeft(resource, object)?.isLeftTo('eu')).toBe(true);
  expect(scaling.fieldLeft(resource, object)?.isLeftTo('asia')).toBe(false);
  await expect.poll(() => informers.of(horizontalPodAutoscalers).lister.get(`${namespace}/work`)).toBeDefined();
  expect(scaling.fieldLeft(jobs, { ...object, metadata: { namespace, name: 'work' } })).toBeUndefined();
});

it('tells whose scaling has changed', async () => {
  const targets: string[] = [];
  const autoscalers: string[] = [];
  scaling.onChange(statefulSets, (key) => targets.push(key));
  scaling.onChange(horizontalPodAutoscalers, (key) => autoscalers.push(key));
  await client.create(horizontalPodAutoscalers, autoscaler('told', 'StatefulSet'));
  await expect.poll(() => targets).toContain('shop/told');
  autoscalers.length = 0;
  await target('told', 'StatefulSet', 'Divided');
  await expect.poll(() => autoscalers).toContain('shop/told');
  targets.length = 0;
  await client.delete(horizontalPodAutoscalers, { namespace, name: 'told' });
  await expect.poll(() => targets).toEqual(['shop/told']);
});
