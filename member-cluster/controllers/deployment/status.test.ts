import { expect, it } from 'vitest';
import { formatTime } from '../../../src/apimachinery/index.ts';
import type { Deployment, ReplicaSet } from '../../../src/apis/index.ts';
import { deadlineMs, withStatus } from './status.ts';

const T0 = Date.UTC(2026, 0, 1);

const deployment: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', generation: 3 },
  spec: { replicas: 3, progressDeadlineSeconds: 600, selector: {}, template: {} },
};

function current(available: number): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web-1' },
    spec: { replicas: 3, selector: {} },
    status: { replicas: 3, readyReplicas: available, availableReplicas: available },
  };
}

const reasons = ({ status }: Deployment) =>
  Object.fromEntries((status?.conditions ?? []).map(({ type, status: value, reason }) => [type, `${value} ${reason}`]));

it('goes from progressing to complete and stays there', () => {
  const started = withStatus(deployment, { current: current(0), old: [] }, {}, T0);
  expect(reasons(started)).toEqual({
    Progressing: 'True ReplicaSetUpdated',
    Available: 'False MinimumReplicasUnavailable',
  });
  const done = withStatus(started, { current: current(3), old: [] }, {}, T0 + 5000);
  expect(done.status).toMatchObject({ observedGeneration: 3, replicas: 3, updatedReplicas: 3, availableReplicas: 3 });
  expect(done.status?.unavailableReplicas).toBeUndefined();
  expect(reasons(done)).toEqual({
    Progressing: 'True NewReplicaSetAvailable',
    Available: 'True MinimumReplicasAvailable',
  });
  expect(withStatus(done, { current: current(3), old: [] }, {}, T0 + 9000)).toBe(done);
  // A pod lost later is no failure of the rollout.
  const wounded = withStatus(done, { current: current(1), old: [] }, {}, T0 + 3_000_000);
  expect(reasons(wounded)['Progressing']).toBe('True NewReplicaSetAvailable');
});

it('says that the deadline has passed, and looks again when it will', () => {
  const started = withStatus(deployment, { current: current(0), old: [] }, {}, T0);
  expect(deadlineMs(started, T0)).toBe(601_000);
  const late = withStatus(started, { current: current(0), old: [] }, {}, T0 + 601_000);
  expect(reasons(late)['Progressing']).toBe('False ProgressDeadlineExceeded');
  expect(deadlineMs(late, T0 + 601_000)).toBeUndefined();
  const recovered = withStatus(late, { current: current(3), old: [] }, {}, T0 + 700_000);
  expect(reasons(recovered)['Progressing']).toBe('True NewReplicaSetAvailable');
});

it('moves the transition time of a condition only with its status', () => {
  const started = withStatus(deployment, { current: current(0), old: [] }, {}, T0);
  const more = withStatus(started, { current: current(1), old: [] }, {}, T0 + 60_000);
  const [before, after] = [started, more].map(({ status }) =>
    status?.conditions?.find(({ type }) => type === 'Progressing'),
  );
  expect(after?.lastTransitionTime).toBe(before?.lastTransitionTime);
  expect(after?.lastUpdateTime).toBe(formatTime(T0 + 60_000));
});
