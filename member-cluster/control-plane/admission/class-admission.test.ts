import { describe, expect, it } from 'vitest';
import { notFound, type KubeObject } from '../../../src/apimachinery/index.ts';
import {
  ingresses,
  persistentVolumeClaims,
  pods,
  runtimeClasses,
  type IngressClass,
  type RuntimeClass,
  type StorageClass,
} from '../../../src/apis/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../../src/apiserver/index.ts';
import type { Client } from '../../../src/client/index.ts';
import { defaultIngressClass, defaultStorageClass } from './default-class.ts';
import { runtimeClass } from './runtime-class.ts';

const { signal } = new AbortController();

function requestFor(resource: AdmissionRequest['resource'], spec: object, metadata: object = {}): AdmissionRequest {
  const object = { apiVersion: 'v1', kind: resource.kind, metadata: { name: 'x', ...metadata }, spec };
  return {
    attempt: {},
    operation: 'CREATE',
    verb: 'create',
    resource,
    namespace: 'shop',
    name: 'x',
    object,
    user: { username: 'anna', groups: [] },
    dryRun: false,
    warn: () => undefined,
    annotate: () => undefined,
  };
}

async function admit(plugin: AdmissionPlugin, request: AdmissionRequest) {
  expect(plugin.handles(request)).toBe(true);
  return plugin.mutate?.(request, signal);
}

function listing<T extends KubeObject>(...objects: T[]) {
  return async () => ({ get: () => undefined, list: () => objects, byIndex: () => [] });
}

const marked = (name: string, mark: string, creationTimestamp = '2026-01-01T00:00:00Z') => ({
  metadata: { name, creationTimestamp, annotations: { [mark]: 'true' } },
});

describe('default classes', () => {
  const storage = (name: string, created?: string): StorageClass => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    provisioner: 'p',
    ...marked(name, 'storageclass.kubernetes.io/is-default-class', created),
  });

  it('are given to claims that name none: the newest', async () => {
    const plugin = defaultStorageClass(listing(storage('old'), storage('new', '2026-02-01T00:00:00Z')));
    const claim = (spec: object) => admit(plugin, requestFor(persistentVolumeClaims, spec));
    expect(await claim({})).toMatchObject({ spec: { storageClassName: 'new' } });
    expect(await claim({ storageClassName: '' })).toMatchObject({ spec: { storageClassName: '' } });
    const none = await admit(defaultStorageClass(listing()), requestFor(persistentVolumeClaims, {}));
    expect(none).toMatchObject({ spec: {} });
    expect(none).not.toHaveProperty('spec.storageClassName');
  });

  it('are given to Ingresses that name none', async () => {
    const ingressClass: IngressClass = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      ...marked('edge', 'ingressclass.kubernetes.io/is-default-class'),
    };
    const plugin = defaultIngressClass(listing(ingressClass));
    expect(await admit(plugin, requestFor(ingresses, {}))).toMatchObject({ spec: { ingressClassName: 'edge' } });
    const annotated = requestFor(ingresses, {}, { annotations: { 'kubernetes.io/ingress.class': 'mine' } });
    expect(await admit(plugin, annotated)).not.toHaveProperty('spec.ingressClassName');
  });
});

describe('runtime classes', () => {
  const gvisor: RuntimeClass = {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'gvisor' },
    handler: 'runsc',
    overhead: { podFixed: { cpu: '10m' } },
    scheduling: { nodeSelector: { sandbox: 'yes' }, tolerations: [{ key: 'sandbox', operator: 'Exists' }] },
  };
  const own: Pick<Client, 'get'> = {
    get: async (resource, { name }) => {
      if (name !== 'gvisor') throw notFound(runtimeClasses, name);
      // @NOTE nothing but runtime classes is asked for.
      return gvisor as unknown as NonNullable<typeof resource.objectType>;
    },
  };
  const admitted = (spec: object) => admit(runtimeClass(own), requestFor(pods, spec));

  it('tell pods what they cost and where they are', async () => {
    expect(await admitted({ runtimeClassName: 'gvisor', nodeSelector: { disk: 'ssd' } })).toMatchObject({
      spec: {
        overhead: { cpu: '10m' },
        nodeSelector: { disk: 'ssd', sandbox: 'yes' },
        tolerations: [{ key: 'sandbox', operator: 'Exists' }],
      },
    });
  });

  it.each([
    [{ runtimeClassName: 'kata' }, 'pods "x" is forbidden: pod rejected: RuntimeClass "kata" not found'],
    [{ overhead: { cpu: '1' } }, 'Pod Overhead set without corresponding RuntimeClass defined Overhead'],
    [{ runtimeClassName: 'gvisor', overhead: { cpu: '1' } }, "doesn't match RuntimeClass's defined Overhead"],
    [{ runtimeClassName: 'gvisor', nodeSelector: { sandbox: 'no' } }, 'pod.spec.nodeSelector[sandbox] = no'],
  ])('refuse %j', async (spec, why) => {
    await expect(admitted(spec)).rejects.toThrow(why);
  });

  it('have no business with other pods', () => {
    expect(runtimeClass(own).handles(requestFor(pods, {}))).toBe(false);
  });
});
