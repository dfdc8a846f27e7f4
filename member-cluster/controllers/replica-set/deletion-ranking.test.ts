import { expect, it } from 'vitest';
import { formatTime } from '../../../src/apimachinery/index.ts';
import type { Pod } from '../../../src/apis/index.ts';
import { podsToDelete } from './deletion-ranking.ts';

const NOW = Date.UTC(2026, 0, 2);

interface Traits {
  readonly node?: string;
  readonly phase?: string;
  readonly readyForSeconds?: number;
  readonly cost?: number;
  readonly restarts?: number;
  readonly bornSecondsAgo?: number;
}

function pod(name: string, traits: Traits = {}): Pod {
  const { node = 'n1', phase = 'Running', readyForSeconds, cost, restarts = 0, bornSecondsAgo = 10_000 } = traits;
  const since = readyForSeconds === undefined ? undefined : formatTime(NOW - readyForSeconds * 1000);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      creationTimestamp: formatTime(NOW - bornSecondsAgo * 1000),
      ...(cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': String(cost) } }),
    },
    spec: { containers: [], ...(node === '' ? {} : { nodeName: node }) },
    status: {
      phase,
      conditions: since === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: since }],
      containerStatuses: [{ name: 'c', ready: true, restartCount: restarts, image: '', imageID: '' }],
    },
  };
}

const ready = { readyForSeconds: 1000 };

it.each<[string, Traits, Traits]>([
  ['one without a node', { node: '' }, {}],
  ['a pending one', { phase: 'Pending' }, { phase: 'Running' }],
  ['one that is not ready', {}, ready],
  ['the cheaper one', { ...ready, cost: -5 }, { ...ready, cost: 10 }],
  ['the cheaper one, whatever its age', { ...ready, cost: 1, bornSecondsAgo: 90_000 }, { ...ready, cost: 2 }],
  ['one that became ready much later', { readyForSeconds: 10 }, { readyForSeconds: 1000 }],
  ['the one with more restarts', { ...ready, restarts: 3 }, { ...ready, restarts: 1 }],
  ['the younger one', { ...ready, bornSecondsAgo: 5000 }, { ...ready, bornSecondsAgo: 9000 }],
])('deletes %s first', (_name, worse, better) => {
  const [a, b] = [pod('worse', worse), pod('better', better)];
  for (const pods of [
    [a, b],
    [b, a],
  ])
    expect(podsToDelete(pods, pods, 1, NOW)).toEqual([a]);
});

it('thins out the node with the most pods of the family', () => {
  const own = [pod('a', { ...ready, node: 'n1' }), pod('b', { ...ready, node: 'n2', bornSecondsAgo: 100 })];
  const family = [...own, pod('sibling', { ...ready, node: 'n1' })];
  expect(podsToDelete(own, family, 1, NOW).map(({ metadata }) => metadata.name)).toEqual(['a']);
});

it('does not care for small differences in how long they are ready', () => {
  const pods = [
    pod('old', { readyForSeconds: 900, bornSecondsAgo: 901 }),
    pod('young', { readyForSeconds: 1000, bornSecondsAgo: 1001 }),
  ];
  expect(podsToDelete(pods, pods, 1, NOW).map(({ metadata }) => metadata.name)).toEqual(['old']);
});
