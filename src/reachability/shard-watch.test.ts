import { expect, it } from 'vitest';
import { FakeClock, start } from '../component-base/index.ts';
import type { CheckOutcome } from './check-target.ts';
import { ShardWatch } from './shard-watch.ts';
import type { ShardTarget } from './target.ts';

const timings = {
  intervalMs: 1_000,
  retryMs: 250,
  timeoutMs: 2_000,
  failureThreshold: 3,
  refusedMs: 2_000,
  silentMs: 10_000,
  recoveryThreshold: 2,
};
const target = (cluster: string, service = 'shop/web'): ShardTarget => ({
  cluster,
  service,
  host: '198.51.100.1',
  ports: [80],
  check: { kind: 'tcp' },
});

function watching() {
  const clock = new FakeClock();
  const network = new Map<string, CheckOutcome>();
  let looks = 0;
  let most = 0;
  let now = 0;
  const check = async ({ cluster }: ShardTarget): Promise<CheckOutcome> => {
    looks += 1;
    most = Math.max(most, ++now);
    await clock.sleep(5);
    now -= 1;
    return network.get(cluster) ?? 'answered';
  };
  const watch = new ShardWatch({ check, clock }, timings);
  const told: string[] = [];
  watch.onChange((cluster) => told.push(cluster));
  const state = (cluster: string) => watch.shards().find((shard) => shard.target.cluster === cluster)?.judgement.state;
  return { clock, network, watch, told, state, count: () => ({ looks, most }) };
}

it('tells of each address that is reached, lost and reached again', async () => {
  const { clock, network, watch, told, state } = watching();
  watch.set([target('east'), target('west')]);
  await using _running = await start([watch]);
  await clock.advance(100);
  expect(told).toEqual(['east', 'west']);
  network.set('east', 'refused');
  await clock.advance(3_500);
  expect([state('east'), state('west')]).toEqual(['unreachable', 'reachable']);
  network.delete('east');
  await clock.advance(2_500);
  expect(state('east')).toBe('reachable');
  expect(told).toEqual(['east', 'west', 'east', 'east']);
});

it('keeps what it knows of what stays, and forgets the rest', async () => {
  const { clock, watch, state } = watching();
  watch.set([target('east'), target('west')]);
  await using _running = await start([watch]);
  await clock.advance(100);
  watch.set([target('west'), target('north')]);
  expect([state('east'), state('west'), state('north')]).toEqual([undefined, 'reachable', 'unknown']);
});

it('looks at few at the same time, and less often where there are many', async () => {
  const { clock, watch, count } = watching();
  watch.set(Array.from({ length: 500 }, (_, index) => target('east', `shop/web-${index}`)));
  await using _running = await start([watch]);
  await clock.advance(60_000);
  const { looks, most } = count();
  expect(most).toBeLessThanOrEqual(32);
  expect(looks).toBeGreaterThan(2_000);
  expect(looks).toBeLessThan(60 * 62);
});

it('leaves no timer behind', async () => {
  const { clock, watch } = watching();
  watch.set([target('east'), target('west')]);
  const running = await start([watch]);
  await clock.advance(2_000);
  await running.stop();
  await clock.advance(100);
  expect(clock.pending).toBe(0);
});

it('knows how long an address usually takes to answer, and nothing of one that never has', async () => {
  const { clock, network, watch } = watching();
  network.set('west', 'silent');
  watch.set([target('east'), target('west')]);
  await using _running = await start([watch]);
  await clock.advance(3_000);
  const times = watch.shards().map(({ target: { cluster }, answerMs }) => [cluster, answerMs]);
  expect(times).toEqual([
    ['east', 5],
    ['west', undefined],
  ]);
});
