import { expect, it } from 'vitest';
import type { KubeObject, ObjectMeta } from '../../apimachinery/index.ts';
import type { ResourceDefinition, Strategy } from '../resource-definition.ts';
import { planDeletion, type DeletionOptions } from './deletion-plan.ts';

const now = Date.UTC(2026, 0, 1);
const context = { user: { username: 'me', groups: [] }, now };
const at = (seconds: number) => new Date(now + seconds * 1000).toISOString().replace('.000', '');

function definition(strategy: Strategy<KubeObject> = {}): ResourceDefinition {
  return {
    group: '',
    version: 'v1',
    kind: 'Thing',
    plural: 'things',
    singular: 'thing',
    namespaced: true,
    schema: '',
    strategy,
  };
}

const graceful = definition({ gracePeriodSeconds: (_object, requested) => requested ?? 30 });
const object = (metadata: ObjectMeta): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name: 'a', ...metadata },
});
const deleting = (deletionGracePeriodSeconds: number) => ({
  deletionTimestamp: at(deletionGracePeriodSeconds),
  deletionGracePeriodSeconds,
});

it.each<[string, ResourceDefinition, ObjectMeta, DeletionOptions, ObjectMeta | 'remove' | 'nothing']>([
  ['removes what nothing holds', definition(), {}, {}, 'remove'],
  ['keeps what a finalizer holds', definition(), { finalizers: ['x/y'] }, {}, { finalizers: ['x/y'], ...deleting(0) }],
  ['counts the beginning of a deletion', graceful, { generation: 3 }, {}, { generation: 4, ...deleting(30) }],
  ['takes the grace period asked for', graceful, {}, { gracePeriodSeconds: 7 }, deleting(7)],
  ['takes a negative one for a second', graceful, {}, { gracePeriodSeconds: -1 }, deleting(1)],
  ['removes at once when asked for none', graceful, {}, { gracePeriodSeconds: 0 }, 'remove'],
  ['does not begin again', graceful, deleting(30), {}, 'nothing'],
  ['does not lengthen', graceful, deleting(30), { gracePeriodSeconds: 60 }, 'nothing'],
  ['shortens', graceful, deleting(30), { gracePeriodSeconds: 5 }, deleting(5)],
  ['removes early', graceful, deleting(30), { gracePeriodSeconds: 0 }, 'remove'],
  [
    'keeps what a finalizer holds when its time is over',
    graceful,
    { finalizers: ['x/y'], ...deleting(30) },
    { gracePeriodSeconds: 0 },
    { finalizers: ['x/y'], ...deleting(0) },
  ],
  ['orphans dependents', definition(), {}, { propagationPolicy: 'Orphan' }, { finalizers: ['orphan'], ...deleting(0) }],
  [
    'waits for dependents',
    definition(),
    { finalizers: ['orphan'] },
    { propagationPolicy: 'Foreground' },
    { finalizers: ['foregroundDeletion'], ...deleting(0) },
  ],
  [
    'drops an earlier decision',
    definition(),
    { finalizers: ['orphan'] },
    { propagationPolicy: 'Background' },
    'remove',
  ],
  [
    'keeps an earlier decision',
    definition(),
    { finalizers: ['orphan'] },
    {},
    { finalizers: ['orphan'], ...deleting(0) },
  ],
  [
    'knows the default of a kind',
    definition({ defaultPropagation: 'Orphan' }),
    {},
    {},
    { finalizers: ['orphan'], ...deleting(0) },
  ],
])('%s', (_name, kind, metadata, options, expected) => {
  const plan = planDeletion(kind, object(metadata), options, context);
  if (typeof expected === 'string') expect(plan).toEqual({ step: expected });
  else expect(plan).toEqual({ step: 'keep', object: object(expected) });
});

it('lets a kind hold its objects and mark them', () => {
  const kind = definition({
    finalizers: () => ['kubernetes'],
    prepareForDelete: (thing) => ({ ...thing, metadata: { ...thing.metadata, labels: { phase: 'Terminating' } } }),
  });
  const plan = planDeletion(kind, object({}), {}, context);
  expect(plan).toMatchObject({ step: 'keep', object: { metadata: { labels: { phase: 'Terminating' } } } });
});
