import { expect, it } from 'vitest';
import { isStatusError } from '../../apimachinery/index.ts';
import { createMetrics, FakeClock } from '../../component-base/index.ts';
import type { UserInfo } from '../resource-definition.ts';
import type { FlowSchemaLike, PriorityLevelLike } from './contract.ts';
import { FlowControl } from './flow-control.ts';
import { handOf } from './shuffle-shard.ts';

const NEVER = new AbortController().signal;

const user = (username: string, ...groups: string[]): UserInfo => ({
  username,
  groups: [...groups, 'system:authenticated'],
});

const asking = (who: UserInfo, verb = 'get') => ({
  user: who,
  verb,
  resource: { group: '', version: 'v1', plural: 'pods', namespace: 'default', name: 'a' },
});

type Limited = NonNullable<PriorityLevelLike['spec']>['limited'];

const level = (name: string, limited: NonNullable<Limited>): PriorityLevelLike => ({
  apiVersion: '',
  kind: '',
  metadata: { name, uid: `uid-of-${name}` },
  spec: { type: 'Limited', limited },
});

const schema = (name: string, priorityLevel: string, group: string, matchingPrecedence = 100): FlowSchemaLike => ({
  apiVersion: '',
  kind: '',
  metadata: { name, uid: `uid-of-${name}` },
  spec: {
    priorityLevelConfiguration: { name: priorityLevel },
    matchingPrecedence,
    distinguisherMethod: { type: 'ByUser' },
    rules: [
      {
        subjects: [{ kind: 'Group', group: { name: group } }],
        resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'] }],
      },
    ],
  },
});

const queue = (queues: number, queueLengthLimit: number) =>
  ({ type: 'Queue', queuing: { queues, handSize: 1, queueLengthLimit } }) as const;

function server(levels: readonly PriorityLevelLike[], schemas: readonly FlowSchemaLike[], seats: number) {
  const clock = new FakeClock();
  const metrics = createMetrics();
  const state = { levels, schemas };
  let changed = () => {};
  const source = {
    flowSchemas: () => state.schemas,
    priorityLevels: () => state.levels,
    onChange: (listener: () => void) => {
      changed = listener;
      return () => {};
    },
  };
  const flows = new FlowControl({ source, seats, clock, metrics });
  const order: string[] = [];
  /** A request that is answered when it is told to be. */
  const ask = (who: UserInfo, label = who.username, signal = NEVER) => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const done = flows.run(asking(who), signal, async () => {
      order.push(label);
      await promise;
      return label;
    });
    done.catch(() => undefined);
    return {
      done,
      answer: () => {
        resolve(undefined);
      },
    };
  };
  return {
    flows,
    clock,
    metrics,
    ask,
    order,
    change: (next: Partial<typeof state>) => {
      Object.assign(state, next);
      changed();
    },
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 200,
    (err: unknown) => (isStatusError(err) ? err.status.code : err),
  );

it('lets as many go on as there are seats, then those who wait, one for each that is done', async () => {
  const { ask, order } = server(
    [level('work', { nominalConcurrencyShares: 95, limitResponse: queue(1, 10) })],
    [schema('work', 'work', 'users')],
    2,
  );
  const requests = ['a', 'b', 'c'].map((name) => ask(user(name, 'users')));
  await settle();
  expect(order).toEqual(['a', 'b']);
  requests[0]?.answer();
  await settle();
  expect(order).toEqual(['a', 'b', 'c']);
});

it('refuses what finds no seat and no room to wait', async () => {
  const { ask, metrics } = server(
    [level('work', { nominalConcurrencyShares: 95, limitResponse: queue(1, 1) })],
    [schema('work', 'work', 'users')],
    1,
  );
  const requests = ['a', 'b', 'c'].map((name) => ask(user(name, 'users')));
  expect(await codeOf(requests[2]?.done ?? Promise.resolve())).toBe(429);
  await expect(requests[2]?.done).rejects.toMatchObject({
    status: { reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } },
  });
  expect(await metrics.metrics()).toContain(
    'apiserver_flowcontrol_rejected_requests_total{priority_level="work",reason="queue-full"} 1',
  );
});

it('lets a client with one request go before the tenth of a client with ten', async () => {
  const names = ['greedy', 'modest'];
  const [greedy = 0, modest = 0] = names.map((name) => handOf(`work\n${name}`, 8, 1)[0]);
  expect(greedy).not.toBe(modest);
  const { ask, order } = server(
    [level('work', { nominalConcurrencyShares: 95, limitResponse: queue(8, 50) })],
    [schema('work', 'work', 'users')],
    1,
  );
  const first = ask(user('greedy', 'users'), 'first');
  const many = Array.from({ length: 9 }, (_, index) => ask(user('greedy', 'users'), `greedy ${index}`));
  const one = ask(user('modest', 'users'), 'modest');
  for (const request of [first, ...many, one]) {
    request.answer();
    await settle();
  }
  expect(order.indexOf('modest')).toBeLessThanOrEqual(2);
  expect(order).toHaveLength(11);
});

it('lets administrators pass, however many others wait', async () => {
  const { ask, order } = server(
    [level('work', { nominalConcurrencyShares: 95, limitResponse: queue(1, 10) })],
    [schema('work', 'work', 'users')],
    1,
  );
  for (const name of ['a', 'b', 'c']) ask(user(name, 'users'));
  ask(user('root', 'system:masters'));
  await settle();
  expect(order.toSorted()).toEqual(['a', 'root']);
});

it('gives up after a quarter of a minute, and at once when the client is gone', async () => {
  const { ask, clock } = server(
    [level('work', { nominalConcurrencyShares: 95, limitResponse: queue(1, 10) })],
    [schema('work', 'work', 'users')],
    1,
  );
  ask(user('a', 'users'));
  const late = ask(user('b', 'users'));
  const gone = new AbortController();
  const left = ask(user('c', 'users'), 'c', gone.signal);
  gone.abort(new Error('the client is gone'));
  await expect(left.done).rejects.toThrow('the client is gone');
  await clock.advance(15_000);
  expect(await codeOf(late.done)).toBe(429);
});

it('lends free seats, within what a level may lend and borrow', async () => {
  const rich = level('rich', { nominalConcurrencyShares: 50, lendablePercent: 50, limitResponse: { type: 'Reject' } });
  const poor = level('poor', {
    nominalConcurrencyShares: 45,
    borrowingLimitPercent: 40,
    limitResponse: { type: 'Reject' },
  });
  const { ask } = server([rich, poor], [schema('rich', 'rich', 'rich'), schema('poor', 'poor', 'poor')], 20);
  const codes = Array.from({ length: 15 }, () =>
    ask(user('p', 'poor')).done.then(
      () => 200,
      () => 429,
    ),
  );
  await settle();
  const refused = await Promise.all(codes.map((code) => Promise.race([code, settle().then(() => 0)])));
  // Nine seats of its own, and four tenths of nine from the ten that the other one has and half of which it lends.
  expect(refused.filter((code) => code === 429)).toHaveLength(15 - 9 - 4);
});

it('follows the configuration, and takes mandatory objects for granted', async () => {
  const { flows, change, ask, order } = server([], [], 20);
  await flows.run(asking(user('a', 'users')), NEVER, async (placement) => {
    expect(placement).toEqual({ schemaUid: '', levelUid: '' });
  });
  change({
    levels: [level('work', { nominalConcurrencyShares: 95, limitResponse: { type: 'Reject' } })],
    schemas: [schema('work', 'work', 'users'), schema('later', 'absent', 'users', 1)],
  });
  await flows.run(asking(user('a', 'users')), NEVER, async (placement) => {
    expect(placement).toEqual({ schemaUid: 'uid-of-work', levelUid: 'uid-of-work' });
  });
  ask(user('b', 'users'));
  change({ levels: [], schemas: [] });
  ask(user('c', 'users'));
  await settle();
  expect(order).toEqual(['b', 'c']);
});

it('deals hands of different queues, the same for the same flow', () => {
  for (let index = 0; index < 200; index++) {
    const hand = handOf(`flow ${index}`, 64, 8);
    expect(new Set(hand).size).toBe(8);
    expect(Math.max(...hand)).toBeLessThan(64);
    expect(handOf(`flow ${index}`, 64, 8)).toEqual(hand);
  }
});
