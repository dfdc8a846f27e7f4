import { expect, it } from 'vitest';
import type { Pod, StatefulSet } from '../../../src/apis/index.ts';
import { POD_REVISION } from '../revisions/revision-history.ts';
import { withStatus } from './status.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

const set: StatefulSet = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'web', generation: 4 },
  spec: { replicas: 2, minReadySeconds: 10, template: {} },
};

const pod = (revision: string, readyForSeconds: number): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { labels: { [POD_REVISION]: revision } },
  status: {
    phase: 'Running',
    conditions: [
      { type: 'Ready', status: 'True', lastTransitionTime: new Date(NOW - readyForSeconds * 1000).toISOString() },
    ],
  },
});

const revisions = { current: 'old', update: 'new', collisionCount: undefined, now: NOW };

it('counts pods by revision and by how long they have been ready', () => {
  expect(withStatus(set, { pods: [pod('old', 60), pod('new', 5)], ...revisions }).status).toEqual({
    observedGeneration: 4,
    replicas: 2,
    readyReplicas: 2,
    currentReplicas: 1,
    updatedReplicas: 1,
    currentRevision: 'old',
    updateRevision: 'new',
    collisionCount: 0,
    availableReplicas: 1,
  });
});

it('makes a revision the current one when every pod has it, unless updates are left to the user', () => {
  const pods = [pod('new', 60), pod('new', 60)];
  const next = withStatus(set, { pods, ...revisions });
  expect(next.status).toMatchObject({ currentRevision: 'new', currentReplicas: 2, updatedReplicas: 2 });
  expect(withStatus(next, { pods, ...revisions })).toBe(next);
  const manual = { ...set, spec: { replicas: 2, template: {}, updateStrategy: { type: 'OnDelete' } } };
  expect(withStatus(manual, { pods, ...revisions }).status?.currentRevision).toBe('old');
});
