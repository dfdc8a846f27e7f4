import { expect, it } from 'vitest';
import { notFound, type KubeObject, type OwnerReference, type Resource } from '../../../src/apimachinery/index.ts';
import { daemonSets, type Pod } from '../../../src/apis/index.ts';
import { expectedScale } from './expected-scale.ts';
import { findScale, type FindScaleDeps } from './find-scale.ts';

const robots: Resource = { group: 'a.io', version: 'v1', kind: 'Robot', plural: 'robots', namespaced: true };

const ownedBy = (
  kind: string,
  name: string,
  apiVersion = 'apps/v1',
): { ownerReferences: readonly OwnerReference[] } => ({
  ownerReferences: [{ apiVersion, kind, name, uid: `uid-${name}`, controller: true }],
});

const pod = (name: string, owner: object = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', ...owner },
});

const object = (kind: string, name: string, replicas: number, owner: object = {}) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace: 'default', uid: `uid-${name}`, ...owner },
  spec: { replicas },
});

const byKey = (...objects: readonly ReturnType<typeof object>[]) => ({
  get: (key: string) => objects.find(({ metadata }) => key === `default/${metadata.name}`),
});

const deps: FindScaleDeps = {
  known: {
    Deployment: byKey(object('Deployment', 'web', 5)),
    ReplicaSet: byKey(
      object('ReplicaSet', 'old', 2, ownedBy('Deployment', 'web')),
      object('ReplicaSet', 'new', 3, ownedBy('Deployment', 'web')),
      object('ReplicaSet', 'lone', 7),
      object('ReplicaSet', 'left', 4, ownedBy('Deployment', 'gone')),
    ),
  },
  resources: { ofKind: (_, kind) => ({ DaemonSet: daemonSets, Robot: robots })[kind] },
  client: {
    raw: async (path) => {
      if (path !== '/apis/a.io/v1/namespaces/default/robots/r2/scale') throw notFound(robots, 'x');
      return JSON.stringify({ metadata: { uid: 'uid-r2' }, spec: { replicas: 9 } });
    },
    // @NOTE only whether there is one is asked.
    get: async (resource, { name }) => {
      if (name === 'agents') return object('DaemonSet', name, 0) as KubeObject as never;
      throw notFound(resource, name);
    },
  },
};

const scaleOf = (...pods: readonly Pod[]) => expectedScale(pods, findScale(deps, new AbortController().signal));

it.each<[string, readonly Pod[], number]>([
  ['of nobody', [], 0],
  ['of pods without a controller', [pod('a'), pod('b')], 0],
  [
    'of a Deployment, once for all its ReplicaSets',
    [pod('a', ownedBy('ReplicaSet', 'old')), pod('b', ownedBy('ReplicaSet', 'new'))],
    5,
  ],
  [
    'of a ReplicaSet without one',
    [pod('a', ownedBy('ReplicaSet', 'lone')), pod('b', ownedBy('ReplicaSet', 'lone'))],
    7,
  ],
  ['of a ReplicaSet whose Deployment is gone', [pod('a', ownedBy('ReplicaSet', 'left'))], 4],
  ['of what has a scale', [pod('a', ownedBy('Robot', 'r2', 'a.io/v1'))], 9],
  ['of several', [pod('a', ownedBy('ReplicaSet', 'lone')), pod('b', ownedBy('ReplicaSet', 'old')), pod('c')], 12],
])('counts what is wanted %s', async (_, pods, expected) => {
  expect(await scaleOf(...pods)).toBe(expected);
});

it.each([
  ['ReplicaSet', 'missing', 'apps/v1', 'found no controllers for pod "a"'],
  ['DaemonSet', 'agents', 'apps/v1', 'daemonsets.apps does not implement the scale subresource'],
  ['Gadget', 'g', 'b.io/v1', 'no matches for kind "Gadget" in version "v1"'],
])('says why it cannot be said of a %s', async (kind, name, apiVersion, message) => {
  const resources = { ofKind: (_: string, of: string) => ({ DaemonSet: daemonSets, ReplicaSet: robots })[of] };
  const find = findScale({ ...deps, resources }, new AbortController().signal);
  await expect(expectedScale([pod('a', ownedBy(kind, name, apiVersion))], find)).rejects.toThrow(message);
});
