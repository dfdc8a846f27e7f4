import { expect, it } from 'vitest';
import type { KubeObject } from '../../src/apimachinery/index.ts';
import { namedBy } from './placing-followers.ts';

const deployment = (spec: object): KubeObject => {
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { template: { spec } },
  };
  return object;
};

it('finds all that pods cannot start without', () => {
  const spec = {
    serviceAccountName: 'robot',
    imagePullSecrets: [{ name: 'pull' }],
    volumes: [
      { configMap: { name: 'files' } },
      { secret: { secretName: 'keys' } },
      { persistentVolumeClaim: { claimName: 'data' } },
      { projected: { sources: [{ configMap: { name: 'projected' } }, { secret: { name: 'hidden' } }] } },
      { emptyDir: {} },
    ],
    initContainers: [{ envFrom: [{ configMapRef: { name: 'first' } }, { secretRef: { name: 'early' } }] }],
    containers: [
      {
        env: [
          { valueFrom: { configMapKeyRef: { name: 'one' } } },
          { valueFrom: { secretKeyRef: { name: 'two' } } },
          { name: 'PLAIN', value: 'x' },
        ],
      },
    ],
  };
  expect([...namedBy(deployment(spec), 'Deployment')].sort()).toEqual([
    'ConfigMap shop/files',
    'ConfigMap shop/first',
    'ConfigMap shop/one',
    'ConfigMap shop/projected',
    'PersistentVolumeClaim shop/data',
    'Secret shop/early',
    'Secret shop/hidden',
    'Secret shop/keys',
    'Secret shop/pull',
    'Secret shop/two',
    'ServiceAccount shop/robot',
  ]);
});

it('finds nothing where there is no pod', () => {
  expect(namedBy(deployment({}), 'Deployment')).toEqual([]);
  expect(namedBy({ apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }, 'ConfigMap')).toEqual([]);
});
