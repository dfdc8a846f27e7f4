import { expect, it } from 'vitest';
import { autoscalersV1 } from './autoscaler-v1.ts';

const ANNOTATION = 'autoscaling.alpha.kubernetes.io';

it.each([
  ['metrics', '{', 'is not JSON'],
  ['metrics', '5', 'is not a list'],
  ['metrics', '[null]', 'does not hold what it should'],
  ['metrics', '[{"resource":{"name":{}}}]', 'cannot unmarshal object into Go struct field ResourceMetricSource'],
  ['behavior', '[]', 'does not hold what it should'],
  ['behavior', '{"ScaleDown":7}', 'cannot unmarshal number'],
])('refuses the annotation %s that is %s', async (name, text, why) => {
  const object = {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'a', annotations: { [`${ANNOTATION}/${name}`]: text } },
    spec: { maxReplicas: 1, scaleTargetRef: { kind: 'Deployment', name: 'a' } },
  };
  const toStored = async () => autoscalersV1.storedAs?.toStored([object]);
  await expect(toStored()).rejects.toThrow(why);
});

it('leaves what lacks a spec to the rules of its stored form', async () => {
  // @NOTE what a client may send; only the conversion is asked here.
  const object = { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'a' } } as never;
  expect(await autoscalersV1.storedAs?.toStored([object])).toMatchObject([{ apiVersion: 'autoscaling/v2', spec: {} }]);
});
