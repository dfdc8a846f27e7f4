import { describe, expect, it } from 'vitest';
import { convertManifest } from './convert.ts';

const labels = { name: 'nginx' };
const containers = [{ name: 'nginx', image: 'nginx:1.7', ports: [{ containerPort: 80 }] }];
const template = { metadata: { labels }, spec: { containers } };

describe('manifests of 2014', () => {
  it('a replication controller', () => {
    const manifest = {
      id: 'nginx-controller',
      kind: 'ReplicationController',
      apiVersion: 'v1beta1',
      desiredState: {
        replicas: 2,
        replicaSelector: labels,
        podTemplate: {
          desiredState: {
            manifest: {
              version: 'v1beta1',
              id: 'nginx',
              restartPolicy: { always: {} },
              containers: [
                {
                  ...containers[0],
                  command: ['-c', 'x'],
                  cpu: 100,
                  memory: 1048576,
                  env: [{ key: 'A', value: 'b' }],
                  imagePullPolicy: 'PullIfNotPresent',
                  volumeMounts: [{ name: 'v', path: '/data' }],
                },
              ],
              volumes: [{ name: 'v', source: { hostDir: { path: '/mnt' } } }],
            },
          },
          labels,
        },
      },
      labels,
    };
    expect(convertManifest(manifest)).toEqual([
      {
        apiVersion: 'v1',
        kind: 'ReplicationController',
        metadata: { name: 'nginx-controller', labels },
        spec: {
          replicas: 2,
          selector: labels,
          template: {
            metadata: { labels },
            spec: {
              restartPolicy: 'Always',
              containers: [
                {
                  ...containers[0],
                  args: ['-c', 'x'],
                  env: [{ name: 'A', value: 'b' }],
                  volumeMounts: [{ name: 'v', mountPath: '/data' }],
                  imagePullPolicy: 'IfNotPresent',
                  resources: { limits: { memory: '1048576', cpu: '100m' } },
                },
              ],
              volumes: [{ name: 'v', hostPath: { path: '/mnt' } }],
            },
          },
        },
      },
    ]);
  });

  it('the services of the guestbook, in a list', () => {
    const service = { id: 'redismaster', port: 6379, containerPort: 6379, selector: { name: 'redis' }, labels };
    const frontend = { id: 'frontend', port: 8000, selector: { name: 'frontend' }, createExternalLoadBalancer: true };
    expect(convertManifest({ apiVersion: 'v1beta1', kind: 'ServiceList', items: [service, frontend] })).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'redismaster', labels },
        spec: { ports: [{ port: 6379, targetPort: 6379 }], selector: { name: 'redis' } },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'frontend' },
        spec: { ports: [{ port: 8000 }], selector: { name: 'frontend' }, type: 'LoadBalancer' },
      },
    ]);
  });

  it('a minion', () => {
    const manifest = {
      apiVersion: 'v1beta2',
      kind: 'Minion',
      id: 'm1',
      hostIP: '10.0.0.1',
      resources: { capacity: { cpu: 1 } },
    };
    expect(convertManifest(manifest)).toMatchObject([
      {
        kind: 'Node',
        metadata: { name: 'm1' },
        status: { addresses: [{ address: '10.0.0.1' }], capacity: { cpu: 1 } },
      },
    ]);
  });
});

it('means by silence what its version meant', () => {
  const [modern] = convertManifest({
    apiVersion: 'extensions/v1beta1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { template },
  });
  expect(modern).toMatchObject({
    apiVersion: 'apps/v1',
    metadata: { labels },
    spec: {
      selector: { matchLabels: labels },
      revisionHistoryLimit: 2147483647,
      progressDeadlineSeconds: 2147483647,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
    },
  });
});

it.each([
  ['extensions/v1beta1', 'Deployment', { template, rollbackTo: { revision: 3 } }, 'apps/v1'],
  ['extensions/v1beta1', 'DaemonSet', { template, templateGeneration: 4 }, 'apps/v1'],
  ['apps/v1beta1', 'StatefulSet', { template, serviceName: 's' }, 'apps/v1'],
  ['extensions/v1beta1', 'Ingress', { backend: { serviceName: 's', servicePort: 80 } }, 'networking.k8s.io/v1'],
  [
    'networking.k8s.io/v1beta1',
    'Ingress',
    { rules: [{ http: { paths: [{ path: '/', backend: { serviceName: 's', servicePort: 'web' } }] } }] },
    'networking.k8s.io/v1',
  ],
  ['policy/v1beta1', 'PodDisruptionBudget', { minAvailable: 1, selector: {} }, 'policy/v1'],
  ['batch/v2alpha1', 'CronJob', { schedule: '@daily' }, 'batch/v1'],
  [
    'autoscaling/v2beta1',
    'HorizontalPodAutoscaler',
    { maxReplicas: 3, metrics: [{ type: 'Resource', resource: { name: 'cpu', targetAverageUtilization: 50 } }] },
    'autoscaling/v2',
  ],
])('%s %s goes there and back', (apiVersion, kind, spec, successor) => {
  const [modern = {}] = convertManifest({ apiVersion, kind, metadata: { name: 'a' }, spec });
  expect(modern).toMatchObject({ apiVersion: successor, kind });
  const [back] = convertManifest(modern, apiVersion);
  expect(back).toMatchObject({ apiVersion, kind, spec });
  expect(convertManifest(back ?? {})).toEqual([modern]);
});

it('makes fields of the annotations that they began as', () => {
  const annotations = {
    'pod.beta.kubernetes.io/init-containers': '[{"name":"first","image":"i"}]',
    'scheduler.alpha.kubernetes.io/tolerations': '[{"key":"k","operator":"Exists"}]',
    mine: 'kept',
  };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', annotations }, spec: { containers } };
  expect(convertManifest(pod)).toMatchObject([
    {
      metadata: { annotations: { mine: 'kept' } },
      spec: { initContainers: [{ name: 'first' }], tolerations: [{ key: 'k' }] },
    },
  ]);
});

it('knows what became of annotations of storage', () => {
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', spec: { resources: {} } };
  const asked = (annotations: object) => convertManifest({ ...claim, metadata: { name: 'c', annotations } });
  expect(asked({ 'volume.beta.kubernetes.io/storage-class': 'fast' })).toEqual([
    { ...claim, metadata: { name: 'c' }, spec: { storageClassName: 'fast', resources: {} } },
  ]);
  expect(asked({ 'volume.alpha.kubernetes.io/storage-class': 'anything' })).toEqual([
    { ...claim, metadata: { name: 'c' } },
  ]);
  const annotations = { 'storageclass.beta.kubernetes.io/is-default-class': 'true' };
  const storageClass = { kind: 'StorageClass', metadata: { name: 's', annotations }, provisioner: 'p' };
  expect(convertManifest({ ...storageClass, apiVersion: 'storage.k8s.io/v1beta1' })).toEqual([
    {
      ...storageClass,
      apiVersion: 'storage.k8s.io/v1',
      metadata: { name: 's', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    },
  ]);
});

it.each([
  [
    { apiVersion: 'extensions/v1beta1', kind: 'PodSecurityPolicy' },
    /^PodSecurityPolicy in version .* has no successor/,
  ],
  [{ apiVersion: 'v1beta1', kind: 'Gizmo' }, 'no kind "Gizmo" is known in version "v1beta1"'],
  [{ kind: 'Pod' }, 'an object needs an apiVersion and a kind'],
])('refuses %j', (manifest, message) => {
  expect(() => convertManifest(manifest)).toThrow(message);
});
