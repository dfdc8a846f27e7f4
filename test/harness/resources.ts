import { allowingPrefix, dnsLabelProblems, invalidValue, type KubeObject } from '../../src/apimachinery/index.ts';
import type { ResourceDefinition } from '../../src/apiserver/index.ts';

/** Small kinds with every trait that the API server treats in a way of its own; real ones are in `src/apis`. */

export interface TestNamespace extends KubeObject {
  readonly spec?: { readonly finalizers?: readonly string[] };
  readonly status?: { readonly phase?: string };
}

export interface TestConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export interface TestDeployment extends KubeObject {
  readonly spec: { readonly replicas?: number; readonly paused?: boolean };
  readonly status?: { readonly replicas?: number; readonly readyReplicas?: number };
}

export interface TestPod extends KubeObject {
  readonly spec: { readonly nodeName?: string; readonly terminationGracePeriodSeconds?: number };
  readonly status?: { readonly phase?: string };
}

export const testNamespaces: ResourceDefinition<TestNamespace> = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  schema: 'k8s.io/api/core/v1.Namespace',
  strategy: {
    validateName: allowingPrefix(dnsLabelProblems),
    prepareForCreate: (object) => ({
      ...object,
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    }),
    finalizers: (object) => object.spec?.finalizers ?? [],
    prepareForDelete: (object) => ({ ...object, status: { phase: 'Terminating' } }),
  },
  subresources: [
    { type: 'status', name: 'status' },
    {
      type: 'update',
      name: 'finalize',
      verbs: ['update'],
      prepareForUpdate: (object, old) => ({ ...old, ...(object.spec === undefined ? {} : { spec: object.spec }) }),
    },
  ],
};

export const testConfigMaps: ResourceDefinition<TestConfigMap> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  schema: 'k8s.io/api/core/v1.ConfigMap',
  strategy: {},
  columns: [
    { name: 'Name', type: 'string', format: 'name', description: '', value: ({ metadata }) => metadata.name ?? '' },
    { name: 'Data', type: 'integer', description: '', value: ({ data }) => Object.keys(data ?? {}).length },
  ],
};

export const testDeployments: ResourceDefinition<TestDeployment> = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  schema: 'k8s.io/api/apps/v1.Deployment',
  strategy: {
    defaults: (object) => ({ ...object, spec: { replicas: 1, ...object.spec } }),
    prepareForCreate: ({ status: _status, ...object }) => object,
    prepareForUpdate: (object, { status }) => ({ ...object, ...(status === undefined ? {} : { status }) }),
    validate: ({ spec: { replicas = 0 } }) =>
      replicas < 0 ? [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')] : [],
    warnings: ({ spec }) => (spec.paused === true ? ['spec.paused: nothing will be rolled out'] : []),
  },
  subresources: [
    { type: 'status', name: 'status' },
    {
      type: 'scale',
      name: 'scale',
      read: ({ spec, status }) => ({
        specReplicas: spec.replicas ?? 0,
        statusReplicas: status?.replicas ?? 0,
        selector: 'app=test',
      }),
      write: (object, replicas) => ({ ...object, spec: { ...object.spec, replicas } }),
    },
  ],
};

export const testPods: ResourceDefinition<TestPod> = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  schema: 'k8s.io/api/core/v1.Pod',
  strategy: {
    gracePeriodSeconds: ({ spec }, requested) =>
      spec.nodeName === undefined ? 0 : (requested ?? spec.terminationGracePeriodSeconds ?? 30),
  },
  fieldSelectors: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'status.phase': ({ status }) => status?.phase ?? '',
  },
  subresources: [
    { type: 'status', name: 'status' },
    {
      type: 'connect',
      name: 'log',
      connect: async ({ key }) => ({ type: 'text', contentType: 'text/plain', body: lines(`hello from ${key.name}`) }),
    },
  ],
};

async function* lines(...texts: readonly string[]): AsyncGenerator<string> {
  for (const text of texts) yield `${text}\n`;
}

export const testResources: readonly ResourceDefinition[] = [testNamespaces, testConfigMaps, testDeployments, testPods];
