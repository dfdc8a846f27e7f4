import { expect, it } from 'vitest';
import { unseenPods, unseenReplicas } from './unseen-pods.ts';

const at = (wanted: number | undefined) => ({ cluster: 'dark', wanted, why: 'it is out of sight' });

it.each([
  ['what was asked for there, while others have theirs', 10, 6, [at(4)], 4],
  ['no more than was asked for there, while others are behind', 20, 6, [at(4)], 4],
  ['nothing, once others have been asked for all', 10, 10, [at(4)], 0],
  ['nothing, where others have too many', 10, 12, [at(4)], 0],
  ['all that nobody else has, where nobody knows', 10, 6, [at(undefined)], 4],
  ['those of all that are dark', 10, 2, [at(4), at(4)], 8],
  ['nothing where all is seen', 10, 6, [], 0],
])('counts %s', (_what, total, seen, blind, expected) => {
  expect(unseenReplicas(total, seen, blind)).toBe(expected);
});

it('makes them up as the workload asks for them', () => {
  const containers = [{ name: 'web', resources: { requests: { cpu: '100m' } } }];
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { template: { spec: { containers } } },
  };
  const pods = unseenPods(object, 2);
  expect(new Set(pods.map(({ metadata }) => metadata.name)).size).toBe(2);
  expect(pods[0]).toMatchObject({ spec: { containers }, status: { phase: 'Running' } });
});
