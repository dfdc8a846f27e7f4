import { expect, it } from 'vitest';
import { statusError, type ObjectList } from '../../src/apimachinery/index.ts';
import { configMaps } from '../../src/apis/index.ts';
import { FakeClock } from '../../src/component-base/index.ts';
import { ListProblems } from './list-problems.ts';
import { Patience, type ReadingClient } from './patience.ts';

const never = new Promise<never>(() => undefined);
const empty = { apiVersion: 'v1', kind: 'ConfigMapList', metadata: {}, items: [] };
const forbidden = statusError(403, 'Forbidden', 'configmaps is forbidden');

function setUp(answer: () => Promise<ObjectList>, watching: 'open' | Error = 'open') {
  const clock = new FakeClock();
  const changes: string[] = [];
  const problems: ListProblems = new ListProblems((cluster) => {
    changes.push(`${cluster}: ${problems.of(cluster)?.message ?? 'fine'}`);
  });
  const inner: ReadingClient = {
    // @NOTE it has no object of any kind.
    list: (() => answer()) as ReadingClient['list'],
    watch: async function* (_resource, { onOpen }) {
      if (watching !== 'open') throw watching;
      onOpen?.();
      yield* [];
    },
  };
  const client = problems.client('a', new Patience(clock).client('a', inner));
  const list = () => client.list(configMaps).catch(() => undefined);
  const watch = async () => {
    const { signal } = new AbortController();
    for await (const _event of client.watch(configMaps, { signal })) throw new Error('an event');
  };
  return { clock, changes, problems, list, watch };
}

it('tells what a member says instead of listing, once, and that it is over', async () => {
  const answers: (() => Promise<ObjectList>)[] = [
    () => Promise.reject(forbidden),
    () => Promise.reject(forbidden),
    () => Promise.reject(statusError(500, 'InternalError', 'out of order')),
    () => Promise.resolve(empty),
  ];
  const { changes, list } = setUp(() => answers.shift()?.() ?? never);
  for (let index = 0; index < 4; index++) await list();
  expect(changes).toEqual(['a: configmaps is forbidden', 'a: out of order', 'a: fine']);
});

it('takes it for a problem that nothing comes', async () => {
  const { clock, problems, list } = setUp(() => never);
  const listing = list();
  await clock.advance(5_000);
  await listing;
  expect(problems.of('a')).toEqual({ message: 'the list did not come in time' });
});

it.each([
  ['a broken connection', new Error('cannot reach the server')],
  ['a history that is gone', statusError(410, 'Expired', 'too old resource version')],
  ['too many requests', statusError(429, 'TooManyRequests', 'later')],
])('says nothing of the kind because of %s', async (_what, err) => {
  const { changes, list } = setUp(() => Promise.reject(err));
  await list();
  expect(changes).toEqual([]);
});

it('hears it when watching is allowed no longer, and when it is again', async () => {
  const { problems, watch } = setUp(() => never, forbidden);
  await expect(watch()).rejects.toThrow('forbidden');
  expect(problems.of('a')).toEqual({ code: 403, message: 'configmaps is forbidden' });
  const again = setUp(() => Promise.reject(forbidden));
  await again.list();
  await again.watch();
  expect(again.problems.of('a')).toBeUndefined();
});
