import { expect, it } from 'vitest';
import type { Pod } from '../../../src/apis/index.ts';
import { POD_REVISION } from '../revisions/revision-history.ts';
import type { Place } from './daemons.ts';
import { manage, type Rules } from './manage.ts';
import { updateStep } from './rolling-update.ts';

const rules: Rules = { hash: 'new', surges: false, minReadySeconds: 0, now: 0 };
const surging: Rules = { ...rules, surges: true };

interface Traits {
  readonly ready?: boolean;
  readonly phase?: string;
  readonly leaving?: boolean;
}

function pod(name: string, revision: string, { ready = true, phase = 'Running', leaving = false }: Traits = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: { [POD_REVISION]: revision },
      ...(leaving ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: { containers: [], nodeName: 'n' },
    status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

const place = (node: string, ...pods: Pod[]): Place => ({ node, fit: 'run', pods });
const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name);

it('deletes old daemons as far as the limit lets it, counting those that are on their way', () => {
  const places = [
    place('a', pod('a', 'new', { ready: false })),
    place('b', pod('b', 'old')),
    place('c', pod('c', 'old')),
    place('d', pod('d', 'old')),
    place('e', pod('e', 'old', { leaving: true })),
  ];
  expect(names(updateStep(places, { maxUnavailable: 2, maxSurge: 0 }, rules).remove)).toEqual([]);
  expect(names(updateStep(places, { maxUnavailable: 3, maxSurge: 0 }, rules).remove)).toEqual(['b']);
  expect(names(updateStep(places, { maxUnavailable: 9, maxSurge: 0 }, rules).remove)).toEqual(['b', 'c', 'd']);
});

it('deletes old daemons that serve nobody whatever the limit', () => {
  const places = [place('a', pod('a', 'new', { ready: false })), place('b', pod('b', 'old', { ready: false }))];
  expect(names(updateStep(places, { maxUnavailable: 1, maxSurge: 0 }, rules).remove)).toEqual(['b']);
});

it('makes new daemons beside old ones, and lets these go once those serve', () => {
  const places = [
    place('a', pod('a', 'old')),
    place('b', pod('b', 'old')),
    place('c', pod('c', 'old', { ready: false })),
    place('d', pod('d', 'old'), pod('d2', 'new', { ready: false })),
    place('e', pod('e', 'old'), pod('e2', 'new')),
  ];
  const { create, remove } = updateStep(places, { maxSurge: 2, maxUnavailable: 0 }, surging);
  expect(create).toEqual(['c', 'a']);
  expect(names(remove)).toEqual(['e']);
});

it('has no daemon where none belongs, and one where several are', () => {
  const places: Place[] = [
    place('empty'),
    place('double', pod('first', 'new'), pod('second', 'new')),
    { node: 'tainted', fit: 'stay', pods: [pod('stays', 'new')] },
    { node: 'full', fit: 'stay', pods: [] },
    { node: 'wrong', fit: 'leave', pods: [pod('goes', 'new'), pod('going', 'new', { leaving: true })] },
    { node: 'gone', fit: 'gone', pods: [{ ...pod('waits', 'new'), spec: { containers: [] } }, pod('garbage', 'new')] },
    place('failed', pod('failed', 'new', { phase: 'Failed' })),
  ];
  const { create, remove, ended } = manage(places, rules);
  expect(create).toEqual(['empty']);
  expect(names(remove)).toEqual(['second', 'goes', 'waits']);
  expect(ended.map(({ node, failed }) => [node, failed])).toEqual([['failed', true]]);
});

it.each<[string, Traits, Traits, string[]]>([
  ['the old one while the new one does not serve', {}, { ready: false }, []],
  ['not the old one once the new one serves', {}, {}, ['old']],
  ['not the old one when it serves nobody', { ready: false }, { ready: false }, ['old']],
])('keeps, where daemons surge, %s', (_name, old, present, removed) => {
  const places = [place('a', pod('old', 'old', old), pod('new', 'new', present))];
  expect(names(manage(places, surging).remove)).toEqual(removed);
});
