import { expect, it } from 'vitest';
import type { KubeObject } from '../../apimachinery/index.ts';
import {
  deployments,
  eventsV1,
  horizontalPodAutoscalers,
  ingresses,
  podDisruptionBudgets,
  statefulSets,
  typeNameOf,
  typeTable,
} from '../index.ts';
import { legacyResources } from './legacy-resources.ts';

const served = [deployments, statefulSets, ingresses, podDisruptionBudgets, horizontalPodAutoscalers, eventsV1];
const views = legacyResources(served);
const viewOf = (version: string, plural: string) => {
  const found = views.find((view) => `${view.group}/${view.version}` === version && view.plural === plural);
  if (found === undefined) throw new Error(`${version} ${plural} is not served`);
  return found;
};

it('serves nothing of what is not served today', () => {
  expect(legacyResources([])).toEqual([]);
  expect(legacyResources([deployments]).map(({ group, version }) => `${group}/${version}`)).toEqual([
    'extensions/v1beta1',
    'apps/v1beta1',
    'apps/v1beta2',
  ]);
});

it('has types for everything that it serves, and for their lists', () => {
  for (const { group, version, kind, schema } of views) {
    expect(typeNameOf(`${group}/${version}`, kind)).toBe(schema);
    expect(typeTable.get(`${schema}List`)?.fields.map(({ name }) => name)).toEqual([
      'kind',
      'apiVersion',
      'metadata',
      'items',
    ]);
  }
});

it.each([
  ['extensions/v1beta1', 'DeploymentSpec', ['rollbackTo'], []],
  ['apps/v1alpha1', 'PetSetSpec', ['selector'], []],
  ['extensions/v1beta1', 'IngressBackend', ['serviceName', 'servicePort', 'resource'], ['service']],
  ['extensions/v1beta1', 'JobSpec', ['autoSelector'], ['manualSelector']],
  ['autoscaling/v2beta1', 'HorizontalPodAutoscalerSpec', ['metrics'], ['behavior']],
])('%s %s has the fields of its time', (version, type, known, gone) => {
  const fields = typeTable.get(`k8s.io/api/${version}.${type}`)?.fields.map(({ name }) => name);
  expect(fields).toEqual(expect.arrayContaining(known));
  for (const name of gone) expect(fields).not.toContain(name);
});

it('leaves short names and `all` to the resource of today where that is another one', () => {
  expect(viewOf('extensions/v1beta1', 'deployments')).not.toHaveProperty('shortNames');
  expect(viewOf('apps/v1alpha1', 'petsets')).not.toHaveProperty('categories');
  expect(viewOf('apps/v1beta2', 'deployments')).toMatchObject({ shortNames: ['deploy'], categories: ['all'] });
});

it.each([
  ['extensions/v1beta1', 'ingresses', 'in v1.14+, unavailable in v1.22+; use networking.k8s.io/v1 Ingress'],
  ['apps/v1beta2', 'deployments', 'in v1.9+, unavailable in v1.16+; use apps/v1 Deployment'],
])('tells whoever asks for %s %s what to use', (version, plural, words) => {
  const { kind, deprecation } = viewOf(version, plural);
  expect(deprecation).toBe(`${version} ${kind} is deprecated ${words}`);
});

async function thereAndBack(version: string, plural: string, object: Omit<KubeObject, 'apiVersion' | 'kind'>) {
  const { storedAs, kind } = viewOf(version, plural);
  const [stored] = (await storedAs?.toStored([{ ...object, apiVersion: version, kind }])) ?? [];
  if (stored === undefined) throw new Error('nothing is stored');
  const [shown] = (await storedAs?.fromStored([stored])) ?? [];
  return { stored, shown };
}

it('loses nothing of what a later version added', async () => {
  const spec = { scaleTargetRef: { kind: 'Deployment', name: 'a' }, maxReplicas: 3 };
  const annotations = {
    'autoscaling.alpha.kubernetes.io/behavior': '{"ScaleDown":{"StabilizationWindowSeconds":5}}',
  };
  const object = { metadata: { name: 'a', annotations }, spec };
  const { stored, shown } = await thereAndBack('autoscaling/v2beta1', 'horizontalpodautoscalers', object);
  expect(stored).toEqual({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'a' },
    spec: { ...spec, behavior: { scaleDown: { stabilizationWindowSeconds: 5 } } },
  });
  expect(shown).toMatchObject(object);
});

it('shows an ingress of 2015 as it was written', async () => {
  const paths = [{ path: '/', backend: { serviceName: 's', servicePort: 80 } }];
  const object = { metadata: { name: 'a' }, spec: { rules: [{ http: { paths } }] } };
  const { stored, shown } = await thereAndBack('extensions/v1beta1', 'ingresses', object);
  expect(stored).toMatchObject({
    apiVersion: 'networking.k8s.io/v1',
    spec: { rules: [{ http: { paths: [{ pathType: 'ImplementationSpecific' }] } }] },
  });
  expect(shown).toEqual({ ...object, apiVersion: 'extensions/v1beta1', kind: 'Ingress' });
});

it('goes on to what is stored where the successor is another version of it itself', async () => {
  const object = { metadata: { name: 'a', uid: '1' }, regarding: { kind: 'Pod', name: 'p' }, note: 'n' };
  const { stored, shown } = await thereAndBack('events.k8s.io/v1beta1', 'events', object);
  expect(stored).toMatchObject({ apiVersion: 'v1', involvedObject: { name: 'p' }, message: 'n' });
  expect(shown).toMatchObject({ ...object, apiVersion: 'events.k8s.io/v1beta1' });
});
