import { expect, it } from 'vitest';
import type { Resource } from '../apimachinery/index.ts';
import { FakeClock, silentLogger, start } from '../component-base/index.ts';
import { FakeClient } from '../../test/harness/fake-client.ts';
import { createInformerSet } from './informer-set.ts';

const things: Resource = { group: '', version: 'v1', kind: 'Thing', plural: 'things', namespaced: true };
const stuff: Resource = { group: '', version: 'v1', kind: 'Stuff', plural: 'stuff', namespaced: true };

function setUp() {
  const clock = new FakeClock();
  const client = new FakeClient();
  return { clock, client, informers: createInformerSet(client, { clock, log: silentLogger }) };
}

it('shares one informer for a resource and a selection', () => {
  const { informers } = setUp();
  expect(informers.of(things)).toBe(informers.of(things));
  expect(informers.of(things, { namespace: 'a' })).toBe(informers.of(things, { namespace: 'a' }));
  expect(informers.of(things, { namespace: 'a' })).not.toBe(informers.of(things));
  expect(informers.of(things, { labelSelector: 'a=b' })).not.toBe(informers.of(things, { fieldSelector: 'a=b' }));
  expect(informers.of(stuff)).not.toBe(informers.of(things));
});

it('runs what it has, and what is asked for later', async () => {
  const { client, informers } = setUp();
  await client.create(things, { metadata: { name: 'a', namespace: 'x' } });
  await client.create(stuff, { metadata: { name: 'b', namespace: 'x' } });
  const first = informers.of(things);
  const running = await start([informers]);
  expect(first.synced).toBe(true);
  const second = informers.of(stuff);
  await informers.synced(AbortSignal.timeout(1000));
  expect(second.lister.list()).toHaveLength(1);
  await running.stop();
  expect(client.watches).toBe(0);
});

it('adds the indexes of everyone who asks', async () => {
  const { client, informers } = setUp();
  await client.create(things, { metadata: { name: 'a', namespace: 'x' } });
  informers.of(things, { indexes: { one: () => ['1'] } });
  await using _running = await start([informers]);
  const informer = informers.of(things, { indexes: { two: () => ['2'] } });
  expect(informer.lister.byIndex('one', '1')).toHaveLength(1);
  expect(informer.lister.byIndex('two', '2')).toHaveLength(1);
  expect(() => informers.of(things, { indexes: { two: () => ['3'] } })).toThrow('defined twice');
});

it('stops waiting when told to', async () => {
  const { informers } = setUp();
  informers.of(things);
  await expect(informers.synced(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});
