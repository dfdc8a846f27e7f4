import { expect, it } from 'vitest';
import { pods as podResource, type Pod } from '../../../src/apis/index.ts';
import { FakeClock } from '../../../src/component-base/index.ts';
import { startTestApiServer } from '../../../test/harness/api-server.ts';
import { staleTargetReconciler } from './stale-target.ts';

const { signal } = new AbortController();

it('takes back after two minutes that a pod is to end, when nobody ends it', async () => {
  const clock = new FakeClock();
  await using api = await startTestApiServer({ clock });
  const created = await api.admin.create(podResource, {
    metadata: { namespace: 'default', name: 'a' },
    spec: { containers: [{ name: 'main', image: 'i' }] },
  });
  const lastTransitionTime = new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
  const target = { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', lastTransitionTime };
  let pod: Pod = await api.admin.updateStatus(podResource, { ...created, status: { conditions: [target] } });
  const reconcile = staleTargetReconciler({ pods: { get: () => pod }, client: api.admin, clock });
  const { requeueAfterMs = 0 } = await reconcile('default/a', signal);
  expect(requeueAfterMs).toBeGreaterThan(118_000);
  await clock.advance(requeueAfterMs);
  expect(await reconcile('default/a', signal)).toEqual({});
  pod = await api.admin.get(podResource, { namespace: 'default', name: 'a' });
  expect(pod.status?.conditions).toMatchObject([{ type: 'DisruptionTarget', status: 'False' }]);
  expect(await reconcile('default/a', signal)).toEqual({});
});
