import { expect, it } from 'vitest';
import type { DaemonSet, StatefulSet } from '../../../src/apis/index.ts';
import { daemonSetStatus, statefulSetStatus } from './set-status.ts';

const settled = { isSettled: true, now: 0 };
const template = { spec: { containers: [] } };
type SetStatus = StatefulSet['status'];

const set = (status: SetStatus, strategy: object = {}): StatefulSet => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db', generation: 2 },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'db' } },
    serviceName: 'db',
    template,
    updateStrategy: { type: 'RollingUpdate', ...strategy },
  },
  ...(status === undefined ? {} : { status }),
});

const done: SetStatus = {
  observedGeneration: 2,
  replicas: 3,
  readyReplicas: 3,
  currentReplicas: 3,
  updatedReplicas: 3,
  availableReplicas: 3,
  currentRevision: 'db-1',
  updateRevision: 'db-1',
};
const copiesOf = <T>(...objects: T[]) => objects.map((object, index) => ({ cluster: `c${index}`, object }));

it('adds up the pods of a StatefulSet', () => {
  const { status } = statefulSetStatus(set({ replicas: 0 }), copiesOf(set(done), set(done)), settled);
  expect(status).toEqual({
    observedGeneration: 2,
    replicas: 6,
    readyReplicas: 6,
    currentReplicas: 6,
    updatedReplicas: 6,
    availableReplicas: 6,
    currentRevision: 'db-1',
    updateRevision: 'db-1',
  });
});

it('leaves out a revision on which clusters do not agree', () => {
  const behind = set({ ...done, updateRevision: 'db-2' });
  const { status } = statefulSetStatus(set({ replicas: 0 }), copiesOf(set(done), behind), settled);
  expect(status).toMatchObject({ currentRevision: 'db-1' });
  expect(status).not.toHaveProperty('updateRevision');
});

it.each<[string, SetStatus, object, number | undefined]>([
  ['all ready and updated', done, {}, 2],
  ['a pod is not ready', { ...done, readyReplicas: 2 }, {}, undefined],
  ['a pod is not updated', { ...done, updatedReplicas: 2 }, {}, undefined],
  ['what is not updated is kept back', { ...done, updatedReplicas: 2 }, { rollingUpdate: { partition: 1 } }, 2],
  ['pods are updated when they are deleted', { ...done, updatedReplicas: 0 }, { type: 'OnDelete' }, 2],
  ['the cluster has not looked', { ...done, observedGeneration: 1 }, {}, undefined],
  ['no status yet', undefined, {}, undefined],
])('observes a StatefulSet when it has been rolled out in every cluster: %s', (_case, status, strategy, expected) => {
  const copies = copiesOf(set(done, strategy), set(status, strategy));
  expect(statefulSetStatus(set({ replicas: 0 }), copies, settled).status?.observedGeneration).toBe(expected);
});

it('observes nothing while a cluster lacks the present copy', () => {
  const next = statefulSetStatus(set({ replicas: 0 }), copiesOf(set(done)), { isSettled: false, now: 0 });
  expect(next.status?.observedGeneration).toBeUndefined();
});

it('is the same object when nothing changed', () => {
  const copies = copiesOf(set(done));
  const object = statefulSetStatus(set({ replicas: 0 }), copies, settled);
  expect(statefulSetStatus(object, copies, settled)).toBe(object);
});

it('adds up the pods of a DaemonSet', () => {
  const daemon = (status?: DaemonSet['status']): DaemonSet => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', generation: 1 },
    spec: { selector: {}, template },
    ...(status === undefined ? {} : { status }),
  });
  const one = daemon({
    observedGeneration: 1,
    desiredNumberScheduled: 3,
    currentNumberScheduled: 3,
    numberReady: 2,
    numberMisscheduled: 1,
    updatedNumberScheduled: 3,
    numberAvailable: 2,
    numberUnavailable: 1,
  });
  expect(daemonSetStatus(daemon(), copiesOf(one, one), settled).status).toEqual({
    observedGeneration: 1,
    desiredNumberScheduled: 6,
    currentNumberScheduled: 6,
    numberReady: 4,
    numberMisscheduled: 2,
    updatedNumberScheduled: 6,
    numberAvailable: 4,
    numberUnavailable: 2,
  });
  expect(daemonSetStatus(daemon(), [], settled).status).toMatchObject({ desiredNumberScheduled: 0, numberReady: 0 });
});
