import { describe, expect, it } from 'vitest';
import type { KubeObject, Resource } from '../../../src/apimachinery/index.ts';
import {
  configMaps,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  type Node,
  type StorageClass,
} from '../../../src/apis/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../../src/apiserver/index.ts';
import { persistentVolumeClaimResize } from './claim-resize.ts';
import { podTopologyLabels } from './pod-topology-labels.ts';
import { storageObjectInUseProtection } from './storage-object-in-use.ts';

const { signal } = new AbortController();

function requestFor(resource: Resource, object: object, more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    attempt: {},
    operation: 'CREATE',
    verb: 'create',
    resource,
    namespace: 'shop',
    name: 'x',
    object: { apiVersion: 'v1', kind: resource.kind, metadata: { name: 'x' }, ...object },
    user: { username: 'anna', groups: [] },
    dryRun: false,
    warn: () => undefined,
    annotate: () => undefined,
    ...more,
  };
}

async function mutated(plugin: AdmissionPlugin, request: AdmissionRequest) {
  return plugin.handles(request) ? plugin.mutate?.(request, signal) : 'not asked';
}

function listing<T extends KubeObject>(...objects: T[]) {
  const get = (key: string) => objects.find(({ metadata }) => metadata.name === key);
  return async () => ({ get, list: () => objects, byIndex: () => [] });
}

describe('volumes and claims', () => {
  it('are kept while they are used', async () => {
    const finalizersOf = async (resource: Resource, finalizers?: readonly string[]) => {
      const metadata = { name: 'x', ...(finalizers === undefined ? {} : { finalizers }) };
      return mutated(storageObjectInUseProtection, requestFor(resource, { metadata }));
    };
    expect(await finalizersOf(persistentVolumeClaims)).toMatchObject({
      metadata: { finalizers: ['kubernetes.io/pvc-protection'] },
    });
    expect(await finalizersOf(persistentVolumes, ['a'])).toMatchObject({
      metadata: { finalizers: ['a', 'kubernetes.io/pv-protection'] },
    });
    expect(await finalizersOf(persistentVolumes, ['kubernetes.io/pv-protection'])).toMatchObject({
      metadata: { finalizers: ['kubernetes.io/pv-protection'] },
    });
    expect(await finalizersOf(configMaps)).toBe('not asked');
  });

  const plugin = persistentVolumeClaimResize(
    listing<StorageClass>(
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'growing' },
        provisioner: 'p',
        allowVolumeExpansion: true,
      },
      { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'fixed' }, provisioner: 'p' },
    ),
  );
  const claim = (storage: string, storageClassName?: string, phase = 'Bound') => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'x' },
    spec: {
      resources: { requests: { storage } },
      ...(storageClassName === undefined ? {} : { storageClassName }),
    },
    status: { phase },
  });
  const notResizable = /^persistentvolumeclaims "x" is forbidden: only dynamically provisioned pvc can be resized and/;

  it.each<[string, object, KubeObject, RegExp | 'fine']>([
    ['grow', claim('2Gi', 'growing'), claim('1Gi', 'growing'), 'fine'],
    ['stay', claim('1Gi', 'fixed'), claim('1024Mi', 'fixed'), 'fine'],
    ['shrink', claim('1Gi', 'fixed'), claim('2Gi', 'fixed'), 'fine'],
    [
      'grow unbound',
      claim('2Gi', 'growing'),
      claim('1Gi', 'growing', 'Pending'),
      /Only bound persistent volume claims/,
    ],
    ['grow of a class that cannot', claim('2Gi', 'fixed'), claim('1Gi', 'fixed'), notResizable],
    ['grow of a class that is not there', claim('2Gi', 'gone'), claim('1Gi', 'gone'), notResizable],
    ['grow of no class', claim('2Gi'), claim('1Gi'), notResizable],
    ['grow into another class', claim('2Gi', 'growing'), claim('1Gi'), notResizable],
  ])('may %s as their class says', async (_what, object, oldObject, expected) => {
    const request = requestFor(persistentVolumeClaims, object, { operation: 'UPDATE', oldObject });
    expect(plugin.handles(request)).toBe(true);
    const outcome = await plugin.validate?.(request, signal).then(
      () => 'fine',
      (err: unknown) => (err instanceof Error ? err.message : String(err)),
    );
    if (expected === 'fine') expect(outcome).toBe('fine');
    else expect(outcome).toMatch(expected);
  });
});

describe('labels of where a node is', () => {
  const zone = 'topology.kubernetes.io/zone';
  const region = 'topology.kubernetes.io/region';
  const node: Node = {
    ...nodes,
    apiVersion: 'v1',
    metadata: { name: 'n', labels: { [zone]: 'a', [region]: 'r', x: 'y' } },
  };
  const plugin = podTopologyLabels(listing(node));
  const labelsOf = async (object: object, more: Partial<AdmissionRequest>) =>
    mutated(plugin, requestFor(pods, object, more));

  it('are given to pods with their node', async () => {
    const binding = { subresource: 'binding' };
    const target = { kind: 'Node', name: 'n' };
    expect(await labelsOf({ target }, binding)).toMatchObject({ metadata: { labels: { [zone]: 'a', [region]: 'r' } } });
    expect(await labelsOf({ metadata: { labels: { [zone]: 'own' } }, target }, binding)).toMatchObject({
      metadata: { labels: { [zone]: 'own', [region]: 'r' } },
    });
    expect(await labelsOf({ spec: { nodeName: 'n' } }, {})).toMatchObject({ metadata: { labels: { [zone]: 'a' } } });
  });

  it.each([
    [{ target: { kind: 'Node', name: 'gone' } }, 'binding'],
    [{ target: { kind: 'Other', name: 'n' } }, 'binding'],
    [{}, 'binding'],
    [{ spec: {} }, undefined],
  ])('are not made up for %j', async (object, subresource) => {
    const outcome = await labelsOf(object, subresource === undefined ? {} : { subresource });
    expect(outcome).not.toHaveProperty(['metadata', 'labels']);
  });
});
