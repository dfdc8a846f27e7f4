import { expect, it } from 'vitest';
import { configMaps } from '../../src/apis/index.ts';
import { aborted, FakeClock } from '../../src/component-base/index.ts';
import { FakeClient } from '../../test/harness/fake-client.ts';
import { Patience, type ReadingClient } from './patience.ts';

const SECOND = 1_000;
const never = new Promise<never>(() => undefined);

it('waits longer each time for lists that do not come, and no longer than usual once one has', async () => {
  const clock = new FakeClock();
  const inner = new FakeClient();
  let isStuck = true;
  const hanging: ReadingClient = {
    list: (resource, options) => (isStuck ? never : inner.list(resource, options)),
    watch: (resource, options) => inner.watch(resource, options),
  };
  const client = new Patience(clock).client('a', hanging);
  const waited = async () => {
    const from = clock.now();
    const done = client.list(configMaps).then(
      () => 'came',
      () => clock.now() - from,
    );
    await clock.advance(100 * SECOND);
    return done;
  };
  const times = [];
  for (let index = 0; index < 6; index++) times.push(await waited());
  expect(times).toEqual([5, 10, 20, 40, 60, 60].map((seconds) => seconds * SECOND));
  isStuck = false;
  expect(await waited()).toBe('came');
  isStuck = true;
  expect(await waited()).toBe(5 * SECOND);
  expect(clock.pending).toBe(0);
});

it('waits longer while many lists are on their way', async () => {
  const clock = new FakeClock();
  const inner = new FakeClient();
  const stuck: ReadingClient = { list: () => never, watch: (resource, options) => inner.watch(resource, options) };
  const client = new Patience(clock).client('a', stuck);
  const times: number[] = [];
  for (let index = 0; index < 11; index++) {
    client.list(configMaps).catch(() => times.push(clock.now()));
  }
  const from = clock.now();
  await clock.advance(100 * SECOND);
  expect(times.map((at) => at - from)).toEqual(Array.from({ length: 11 }, (_, index) => 5 * SECOND + index * 100));
});

it('ends a watch that the server should have ended', async () => {
  const clock = new FakeClock();
  const client = new Patience(clock).client('a', {
    list: () => never,
    watch: async function* (_resource, { signal }) {
      await aborted(signal);
      yield* [];
    },
  });
  const { signal } = new AbortController();
  let hasEnded = false;
  const watching = (async () => {
    for await (const _event of client.watch(configMaps, { signal, timeoutSeconds: 300 })) throw new Error('an event');
    hasEnded = true;
  })();
  await clock.advance(329 * SECOND);
  expect(hasEnded).toBe(false);
  await clock.advance(1 * SECOND);
  await watching;
  expect(clock.pending).toBe(0);
});
