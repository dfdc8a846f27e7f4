import { expect, it } from 'vitest';
import type { Pod, StatefulSet } from '../../../src/apis/index.ts';
import { POD_REVISION } from '../revisions/revision-history.ts';
import { plan } from './plan.ts';
import type { Action, View } from './view.ts';

interface Traits {
  readonly phase?: string;
  readonly ready?: boolean;
  readonly leaving?: boolean;
  readonly revision?: string;
}

function pod(
  ordinal: number,
  { phase = 'Running', ready = true, leaving = false, revision = 'new' }: Traits = {},
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `web-${ordinal}`,
      labels: { [POD_REVISION]: revision },
      ...(leaving ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

type Spec = NonNullable<StatefulSet['spec']>;
type There = Traits | 'missing';

/** A set of these pods and, beyond its size, these. */
function viewOf(there: readonly There[], beyond: readonly Traits[] = [], spec: Partial<Spec> = {}): View {
  const set: StatefulSet = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'web' },
    spec: { template: {}, replicas: there.length, ...spec },
  };
  return {
    set,
    replicas: there.map((traits, ordinal) =>
      traits === 'missing' ? { ordinal } : { ordinal, pod: pod(ordinal, traits) },
    ),
    condemned: beyond
      .map((traits, index) => ({ ordinal: there.length + index, pod: pod(there.length + index, traits) }))
      .toReversed(),
    updateRevision: 'new',
    isFree: () => true,
    isSound: () => true,
    now: 0,
  };
}

const told = (actions: readonly Action[]) =>
  actions.map((action) => `${action.type} ${'pod' in action ? (action.pod.metadata.name ?? '') : action.ordinal}`);

const parallel = { podManagementPolicy: 'Parallel' };
const broken: Traits = { ready: false };
const old: Traits = { revision: 'old' };
const oldAndBroken: Traits = { ...old, ...broken };

it.each<[string, readonly There[], readonly Traits[], readonly string[]]>([
  ['makes the lowest pod that is missing', [{}, 'missing', 'missing'], [], ['create 1']],
  ['waits for a pod that does not serve', [broken, 'missing'], [], []],
  ['waits for a pod that leaves', [{ leaving: true }, 'missing'], [], []],
  ['asks for the claims of a pod that waits', [{ phase: 'Pending', ready: false }, 'missing'], [], ['claim web-0']],
  ['deletes a pod that ended, whatever its end', [{ phase: 'Succeeded' }, 'missing'], [], ['delete web-0']],
  ['takes the highest pod away', [{}], [{}, {}], ['delete web-2']],
  ['waits for one to be gone before the next', [{}], [{}, { leaving: true }], []],
  ['keeps the highest while one below it is in trouble', [{}], [broken, broken], []],
  ['takes away the highest though it is in trouble', [{}], [{}, broken], ['delete web-2']],
  ['grows before it shrinks', ['missing'], [{}], ['create 0']],
  ['updates the highest pod of an old revision', [old, old, {}], [], ['delete web-1']],
  ['updates nothing while it shrinks', [old], [{ leaving: true }], []],
])('in order, %s', (_name, there, beyond, actions) => {
  expect(told(plan(viewOf(there, beyond)))).toEqual(actions);
});

it('does everything at once where no order is wanted', () => {
  const there: There[] = ['missing', broken, 'missing', { phase: 'Failed' }];
  expect(told(plan(viewOf(there, [broken, {}], parallel)))).toEqual([
    'create 0',
    'create 2',
    'delete web-3',
    'delete web-5',
    'delete web-4',
  ]);
});

it.each<[string, readonly There[], Partial<Spec>, readonly string[]]>([
  ['below the partition', [old, old, old], { updateStrategy: { rollingUpdate: { partition: 2 } } }, ['delete web-2']],
  ['whose update is left to the user', [old], { updateStrategy: { type: 'OnDelete' } }, []],
  ['beyond the limit', [old, old, old], {}, ['delete web-2']],
  [
    'beyond a larger limit',
    [old, old, old, old],
    { updateStrategy: { rollingUpdate: { maxUnavailable: '50%' } } },
    ['delete web-3', 'delete web-2'],
  ],
  ['beyond the limit, but those that serve nobody', [oldAndBroken, old, {}], parallel, ['delete web-0']],
  ['while another one is away', [old, broken], parallel, []],
])('updates no pods %s', (_name, there, spec, actions) => {
  expect(told(plan(viewOf(there, [], spec)))).toEqual(actions);
});

it('makes no pod while what belonged to the one before is there', () => {
  expect(plan({ ...viewOf(['missing']), isFree: () => false })).toEqual([]);
});

it('repairs pods and claims that are not as their place says', () => {
  const view = viewOf([{}], [{}]);
  expect(told(plan({ ...view, isSound: () => false }))).toEqual(['repair web-0', 'repair web-1', 'delete web-1']);
});
