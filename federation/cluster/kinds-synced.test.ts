import { expect, it } from 'vitest';
import { FakeClock, silentLogger, start } from '../../src/component-base/index.ts';
import { createInformer } from '../../src/controller/index.ts';
import { FakeClient } from '../../test/harness/fake-client.ts';
import { clusterCondition, clusters } from '../apis/index.ts';
import { kindsSynced } from './kinds-synced.ts';
import type { ListProblem } from './list-problems.ts';

const SECOND = 1_000;

async function setUp() {
  const clock = new FakeClock();
  const federation = new FakeClient();
  const problems = new Map<string, ListProblem>();
  const told: string[] = [];
  const ready = { type: 'Ready', status: 'True' } as const;
  await federation.create(clusters, { metadata: { name: 'a' }, status: { conditions: [ready] } });
  const informer = createInformer(federation, clusters, { clock, log: silentLogger });
  const kinds = ['secrets', 'jobs.batch'].map((kind) => ({ kind, problem: () => problems.get(kind) }));
  const events = {
    name: 'events',
    event: (...[, , reason]: readonly unknown[]) => told.push(String(reason)),
    run: () => Promise.resolve(),
  };
  const deps = { federation, clusters: informer, kinds: () => kinds, events, clock, log: silentLogger };
  const running = await start([informer, kindsSynced(deps)]);
  const said = async () => {
    await clock.advance(3 * SECOND);
    const cluster = await federation.get(clusters, { name: 'a' });
    const condition = clusterCondition(cluster, 'KindsSynced');
    // The fake knows nothing of lists that are merged.
    const conditions = [ready, ...(condition === undefined ? [] : [condition])];
    await federation.updateStatus(clusters, { ...cluster, status: { conditions } });
    const { status, message } = condition ?? {};
    return status && `${status}: ${message ?? ''}`;
  };
  return { clock, problems, told, said, running };
}

it('says which kinds cannot be listed, and when all can again', async () => {
  const { problems, told, said, running } = await setUp();
  await using _running = running;
  expect(await said()).toBeUndefined();
  problems.set('secrets', { code: 403, message: 'secrets is forbidden' });
  problems.set('jobs.batch', { message: 'the list did not come in time' });
  expect(await said()).toBe(
    'False: cannot list jobs.batch (the list did not come in time), secrets (secrets is forbidden); all else works',
  );
  expect(told).toEqual(['KindsUnavailable']);
  problems.clear();
  expect(await said()).toBe('True: all kinds that are copied can be listed');
});

it('says nothing of what is over in a moment', async () => {
  const { clock, problems, said, running } = await setUp();
  await using _running = running;
  for (let round = 0; round < 5; round++) {
    problems.set('secrets', { code: 503, message: 'starting' });
    await clock.advance(SECOND);
    problems.clear();
    await clock.advance(SECOND);
  }
  expect(await said()).toBeUndefined();
});
