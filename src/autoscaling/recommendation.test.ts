import { expect, it } from 'vitest';
import type { HorizontalPodAutoscaler } from '../apis/index.ts';
import { limitedByBehavior, usuallyLimited } from './limits.ts';
import { recommend } from './recommendation.ts';
import { ScaleHistory } from './scale-history.ts';

const NOW = Date.UTC(2026, 0, 1);
const at = (seconds: number) => NOW + seconds * 1000;
type Behavior = NonNullable<HorizontalPodAutoscaler['spec']['behavior']>;

it.each([
  [3, 5, 5, 'DesiredWithinRange'],
  [3, 9, 6, 'ScaleUpLimit'],
  [1, 9, 4, 'ScaleUpLimit'],
  [8, 30, 10, 'TooManyReplicas'],
  [8, 1, 2, 'TooFewReplicas'],
])('goes from %i to %i by %i at most, for %s', (current, desired, replicas, reason) => {
  expect(usuallyLimited({ current, desired, min: 2, max: 10 })).toMatchObject({ replicas, reason });
});

const history = new ScaleHistory(10, at(-100));
history.changed(5, at(-50));
history.changed(-2, at(-10));

it.each<[string, number, Behavior, number, string]>([
  ['pods', 50, { scaleUp: { policies: [{ type: 'Pods', value: 8, periodSeconds: 60 }] } }, 15, 'ScaleUpLimit'],
  [
    'pods of a shorter time',
    50,
    { scaleUp: { policies: [{ type: 'Pods', value: 8, periodSeconds: 30 }] } },
    20,
    'ScaleUpLimit',
  ],
  ['a share', 50, { scaleUp: { policies: [{ type: 'Percent', value: 100, periodSeconds: 60 }] } }, 14, 'ScaleUpLimit'],
  ['no policy', 50, { scaleUp: { selectPolicy: 'Disabled' } }, 10, 'ScaleUpLimit'],
  [
    'the slower of two',
    50,
    {
      scaleUp: {
        selectPolicy: 'Min',
        policies: [
          { type: 'Percent', value: 100, periodSeconds: 60 },
          { type: 'Pods', value: 4, periodSeconds: 60 },
        ],
      },
    },
    11,
    'ScaleUpLimit',
  ],
  [
    'the limit of all',
    50,
    { scaleUp: { policies: [{ type: 'Percent', value: 900, periodSeconds: 60 }] } },
    30,
    'TooManyReplicas',
  ],
  ['pods', 1, { scaleDown: { policies: [{ type: 'Pods', value: 3, periodSeconds: 30 }] } }, 9, 'ScaleDownLimit'],
  ['a share', 1, { scaleDown: { policies: [{ type: 'Percent', value: 50, periodSeconds: 30 }] } }, 6, 'ScaleDownLimit'],
  [
    'the limit of all',
    1,
    { scaleDown: { policies: [{ type: 'Percent', value: 100, periodSeconds: 30 }] } },
    2,
    'TooFewReplicas',
  ],
])('goes as fast as %s allow, from 10 to %i', (_what, desired, behavior, replicas, reason) => {
  const wish = { current: 10, desired, min: 2, max: 30 };
  expect(limitedByBehavior(wish, behavior, history.changes(NOW))).toMatchObject({ replicas, reason });
});

function autoscaler(behavior?: Behavior): HorizontalPodAutoscaler {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'a', namespace: 'default' },
    spec: {
      scaleTargetRef: { kind: 'Deployment', name: 'a' },
      maxReplicas: 10,
      ...(behavior === undefined ? {} : { behavior }),
    },
  };
}

it('wants no fewer than in the last five minutes', () => {
  const past = new ScaleHistory(3, NOW);
  const wish = (desired: number, current: number, seconds: number) =>
    recommend(autoscaler(), { current, desired, min: 1, max: 10 }, past, at(seconds)).stabilized;
  expect(wish(6, 3, 15)).toMatchObject({ replicas: 6, reason: 'ReadyForNewScale' });
  expect(wish(2, 6, 30)).toMatchObject({ replicas: 6, reason: 'ScaleDownStabilized' });
  expect(wish(2, 6, 314)).toMatchObject({ replicas: 6, reason: 'ScaleDownStabilized' });
  expect(wish(2, 6, 316)).toMatchObject({ replicas: 2, reason: 'ReadyForNewScale' });
});

it('looks back as far as it is told, in both directions', () => {
  const past = new ScaleHistory(3, NOW);
  const slow = autoscaler({
    scaleUp: { stabilizationWindowSeconds: 60 },
    scaleDown: { stabilizationWindowSeconds: 0 },
  });
  const wish = (desired: number, seconds: number) =>
    recommend(slow, { current: 3, desired, min: 1, max: 10 }, past, at(seconds)).stabilized;
  expect(wish(6, 15)).toMatchObject({ replicas: 3, reason: 'ScaleUpStabilized' });
  expect(wish(5, 61)).toMatchObject({ replicas: 5, reason: 'ReadyForNewScale' });
  expect(wish(1, 62)).toMatchObject({ replicas: 1, reason: 'ReadyForNewScale' });
});
