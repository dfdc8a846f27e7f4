import { expect, it } from 'vitest';
import { deployments, pods, type Pod } from '../../../src/apis/index.ts';
import { systemClock } from '../../../src/component-base/index.ts';
import { FakeClient } from '../../../test/harness/fake-client.ts';
import { PodLooks } from './pod-looks.ts';
import { analysed, roomIn } from './replica-plan.ts';

const now = Date.UTC(2026, 0, 1, 12);
const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString();
const pod = (status: Pod['status']): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [] },
  ...(status === undefined ? {} : { status }),
});
const running = (ready: string) => pod({ phase: 'Running', conditions: [{ type: 'Ready', status: ready }] });
const pending = (seconds: number, reason = 'Unschedulable') =>
  pod({
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'False', reason, lastTransitionTime: ago(seconds) }],
  });

it('counts pods that are ready, not those that only have the condition', () => {
  expect(analysed([running('True'), running('False'), pod(undefined)], 3, now)).toEqual({
    current: 1,
    undecided: false,
  });
});

it('takes what has been unschedulable for a minute off the capacity', () => {
  expect(analysed([running('True'), pending(61), pending(120)], 3, now)).toMatchObject({ current: 1, capacity: 1 });
});

it('waits a minute before it concludes anything', () => {
  expect(analysed([pending(10)], 3, now)).toEqual({ current: 0, undecided: true });
  expect(analysed([pending(100, 'SchedulingGated')], 3, now)).toEqual({ current: 0, undecided: false });
});

it('counts no more of a cluster than it was asked for, while its pods are replaced', async () => {
  const member = new FakeClient();
  for (const name of ['old', 'new']) {
    const metadata = { name, namespace: 'shop', labels: { app: 'web' } };
    await member.create(pods, { ...running('True'), metadata });
  }
  const selector = { matchLabels: { app: 'web' } };
  const web = await member.create(deployments, {
    metadata: { name: 'web', namespace: 'shop' },
    spec: { replicas: 1, selector, template: { spec: { containers: [] } } },
    status: { readyReplicas: 2 },
  });
  const looks = new PodLooks(systemClock);
  const copies = [{ cluster: 'asia', object: web }];
  const input = { object: web, clusters: ['asia'], copies, limits: new Map(), client: () => member, looks, now };
  const { current } = await roomIn(input, new AbortController().signal);
  expect(current).toEqual(new Map([['asia', 1]]));
});
