import { afterAll, expect, it } from 'vitest';
import { findCondition } from '../../src/apimachinery/index.ts';
import {
  deployments,
  events,
  horizontalPodAutoscalers,
  pods,
  type HorizontalPodAutoscaler,
} from '../../src/apis/index.ts';
import { FakeClock } from '../../src/component-base/index.ts';
import { startMemberOn } from '../harness/member-cluster.ts';

const clock = new FakeClock(Date.UTC(2026, 0, 1, 12));
const member = await startMemberOn(clock, { nodes: 2 });

afterAll(() => member[Symbol.asyncDispose]());

const { client } = member;
const namespace = 'default';
const CPU_USAGE = 'koinon.dev/hollow-cpu-usage';

type Spec = HorizontalPodAutoscaler['spec'];

async function deploy(name: string, replicas: number): Promise<void> {
  const labels = { app: name };
  const containers = [
    { name: 'web', image: 'nginx:1', resources: { requests: { cpu: '100m' } } },
    { name: 'side', image: 'side:1', resources: { requests: { cpu: '100m' } } },
  ];
  await client.create(deployments, {
    metadata: { namespace, name },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
}

const autoscale = (name: string, spec: Partial<Spec> = {}) =>
  client.create(horizontalPodAutoscalers, {
    metadata: { namespace, name },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, maxReplicas: 6, ...spec },
  });

const readyOf = async (name: string) => (await client.get(deployments, { namespace, name })).status?.readyReplicas ?? 0;
const statusOf = async (name: string) =>
  (await client.get(horizontalPodAutoscalers, { namespace, name })).status ?? { desiredReplicas: 0 };
const conditionOf = async (name: string, type: string) => {
  const { status = '', reason = '' } = findCondition((await statusOf(name)).conditions, type) ?? {};
  return `${status} ${reason}`;
};

async function reasonsOf(name: string): Promise<readonly string[]> {
  const { items } = await client.list(events, { namespace, fieldSelector: `involvedObject.name=${name}` });
  return items
    .filter(({ involvedObject }) => involvedObject.kind === 'HorizontalPodAutoscaler')
    .map((e) => e.reason ?? '');
}

/** All pods of the Deployment use so much from now on. */
async function use(name: string, cpu: string): Promise<void> {
  for (const { metadata } of (await client.list(pods, { namespace, labelSelector: `app=${name}` })).items) {
    const patch = { metadata: { annotations: { [`${CPU_USAGE}.web`]: cpu } } };
    await client.patch(pods, { namespace, name: metadata.name ?? '' }, { type: 'merge', patch });
  }
}

/** What is started and written takes a little time, which passes meanwhile. */
const soon = <T>(look: () => Promise<T>) =>
  expect.poll(
    async () => {
      await clock.advance(500);
      return look();
    },
    { timeout: 10_000, interval: 5 },
  );

it('adds pods for those that use too much, and takes them away when nothing asks for them any more', async () => {
  await deploy('web', 2);
  await soon(() => readyOf('web')).toBe(2);
  await clock.advance(20_000);
  await use('web', '250m');
  await autoscale('web', {
    metrics: [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 100 } } },
    ],
  });
  await soon(() => readyOf('web')).toBe(4);
  expect(await conditionOf('web', 'ScalingActive')).toBe('True ValidMetricFound');
  await soon(() => reasonsOf('web')).toContain('SuccessfulRescale');
  await soon(async () => (await statusOf('web')).lastScaleTime).toBeDefined();

  await use('web', '0');
  await soon(() => conditionOf('web', 'AbleToScale')).toBe('True ScaleDownStabilized');
  expect(await readyOf('web')).toBe(4);
  await clock.advance(330_000);
  await soon(() => readyOf('web')).toBe(1);
});

it('stays within its limits, and goes as fast as its behaviour says', async () => {
  await deploy('few', 1);
  await autoscale('few', { minReplicas: 3, maxReplicas: 5 });
  await soon(() => readyOf('few')).toBe(3);
  await soon(() => statusOf('few')).toMatchObject({ currentReplicas: 3, desiredReplicas: 3 });

  await clock.advance(20_000);
  await use('few', '10');
  const policies = [{ type: 'Pods', value: 1, periodSeconds: 1800 }];
  const behavior = JSON.parse(JSON.stringify({ scaleUp: { policies } })) as never;
  await client.patch(
    horizontalPodAutoscalers,
    { namespace, name: 'few' },
    { type: 'merge', patch: { spec: { behavior } } },
  );
  await soon(() => readyOf('few')).toBe(4);
  await soon(() => conditionOf('few', 'ScalingLimited')).toBe('True ScaleUpLimit');
});

it('looks at one container alone', async () => {
  await deploy('part', 1);
  await soon(() => readyOf('part')).toBe(1);
  await clock.advance(20_000);
  await use('part', '300m');
  const target = { type: 'AverageValue', averageValue: '40m' };
  await autoscale('part', {
    maxReplicas: 2,
    metrics: [{ type: 'ContainerResource', containerResource: { name: 'cpu', container: 'side', target } }],
  });
  await soon(() => readyOf('part')).toBe(2);
  expect((await statusOf('part')).currentMetrics).toMatchObject([
    { type: 'ContainerResource', containerResource: { container: 'side', current: { averageValue: '50m' } } },
  ]);
});

it('says why it cannot', async () => {
  await autoscale('nothing');
  await soon(() => conditionOf('nothing', 'AbleToScale')).toBe('False FailedGetScale');
  expect(await reasonsOf('nothing')).toContain('FailedGetScale');

  await deploy('idle', 0);
  await autoscale('idle');
  await soon(() => conditionOf('idle', 'ScalingActive')).toBe('False ScalingDisabled');

  await deploy('foreign', 1);
  await soon(() => readyOf('foreign')).toBe(1);
  const target = { type: 'AverageValue', averageValue: '10' };
  await autoscale('foreign', { metrics: [{ type: 'Pods', pods: { metric: { name: 'requests' }, target } }] });
  await soon(() => conditionOf('foreign', 'ScalingActive')).toBe('False FailedGetPodsMetric');
  const { message } = findCondition((await statusOf('foreign')).conditions, 'ScalingActive') ?? {};
  expect(message).toContain('no custom metrics API (custom.metrics.k8s.io) registered');
});
