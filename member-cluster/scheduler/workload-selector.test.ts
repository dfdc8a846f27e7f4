import { expect, it } from 'vitest';
import { formatSelector } from '../../src/apimachinery/index.ts';
import type { KubeObject } from '../../src/apimachinery/index.ts';
import type { Pod, ReplicaSet, ReplicationController, Service, StatefulSet } from '../../src/apis/index.ts';
import type { Lister } from '../../src/controller/index.ts';
import { workloadSelector } from './workload-selector.ts';

function listerOf<T extends KubeObject>(...objects: T[]): Lister<T> {
  return {
    get: (key) => objects.find(({ metadata }) => key === `ns/${metadata.name ?? ''}`),
    list: () => objects,
    byIndex: () => [],
  };
}

const object = (kind: string, name: string) => ({ apiVersion: 'v1', kind, metadata: { namespace: 'ns', name } });
const matchLabels = (labels: Readonly<Record<string, string>>) => ({ selector: { matchLabels: labels }, template: {} });

const replicaSet: ReplicaSet = { ...object('ReplicaSet', 'a'), spec: matchLabels({ of: 'replicaset' }) };
const statefulSet: StatefulSet = { ...object('StatefulSet', 'a'), spec: matchLabels({ of: 'statefulset' }) };
const controller: ReplicationController = {
  ...object('ReplicationController', 'a'),
  spec: { selector: { of: 'replicationcontroller' } },
};
const service: Service = { ...object('Service', 's'), spec: { selector: { app: 'web' } } };

const selectorOf = workloadSelector({
  services: listerOf(service),
  replicaSets: listerOf(replicaSet),
  replicationControllers: listerOf(controller),
  statefulSets: listerOf(statefulSet),
});

const podOf = (kind: string | undefined, labels: Readonly<Record<string, string>> = {}): Pod => ({
  ...object('Pod', 'p'),
  metadata: {
    namespace: 'ns',
    labels,
    ...(kind === undefined
      ? {}
      : { ownerReferences: [{ apiVersion: 'v1', kind, name: 'a', uid: 'u', controller: true }] }),
  },
});

it.each(['ReplicaSet', 'StatefulSet', 'ReplicationController'])(
  'a pod of a %s is spread among its siblings',
  (kind) => {
    expect(formatSelector(selectorOf(podOf(kind)) ?? [])).toBe(`of=${kind.toLowerCase()}`);
  },
);

it('a pod is spread among those of its Services too, and without either not at all', () => {
  expect(formatSelector(selectorOf(podOf('ReplicaSet', { app: 'web' })) ?? [])).toBe('app=web,of=replicaset');
  expect(selectorOf(podOf('Job'))).toBeUndefined();
});
