import { expect, it } from 'vitest';
import { HUB, PartitionWorld } from './partition-world.ts';

const four = ['a', 'b', 'c', 'd'];
const SECOND = 1_000;

it('finds everyone well, by everyone', async () => {
  await using world = await PartitionWorld.start(four);
  expect(world.answers()).toBe('a b c d');
  expect(await world.states('a')).toBe('True False True');
  const { status } = await world.cluster('a');
  expect(status?.votes?.map(({ voter, verdict }) => `${voter} ${verdict}`)).toEqual([
    'hub Reachable',
    'b Reachable',
    'c Reachable',
    'd Reachable',
  ]);
});

it('does not withdraw a member that only the hub has lost', async () => {
  await using world = await PartitionWorld.start(four);
  world.set('silent', HUB, 'a');
  await world.clock.advance(120 * SECOND);
  expect(await world.states('a')).toBe('False True True');
  expect(world.answers()).toBe('a b c d');
  expect(world.events).toContain('a ClusterNotReachable');
  expect(world.events).not.toContain('a ClientsNotReachable');
});

it('does so in a federation of two as well, and when the hub is refused', async () => {
  await using world = await PartitionWorld.start(['a', 'b']);
  world.set('refused', HUB, 'a');
  await world.clock.advance(60 * SECOND);
  expect(await world.states('a')).toBe('False True True');
  expect(world.answers()).toBe('a b');
});

it('withdraws a member whose processes are gone within five seconds', async () => {
  await using world = await PartitionWorld.start(four);
  world.set('refused', [HUB, ...four], 'a');
  world.set('refused', 'a', four);
  await world.clock.advance(5 * SECOND);
  expect(await world.states('a')).toBe('False True False');
  expect(world.answers()).toBe('b c d');
  world.set('up', [HUB, ...four], 'a');
  world.set('up', 'a', four);
  await world.clock.advance(20 * SECOND);
  expect(await world.states('a')).toBe('True False True');
  expect(world.answers()).toBe('a b c d');
});

it('withdraws a member that has lost its power within fifteen seconds', async () => {
  await using world = await PartitionWorld.start(four);
  world.set('silent', [HUB, ...four], 'a');
  world.set('silent', 'a', four);
  await world.clock.advance(15 * SECOND);
  expect(await world.states('a')).toBe('False True False');
  expect(world.answers()).toBe('b c d');
  expect((await world.cluster('a')).status?.region).toBe('a');
});

it('withdraws a member that clients have lost though the hub sees it', async () => {
  await using world = await PartitionWorld.start(four);
  world.set('refused', ['b', 'c', 'd'], 'a', 'shards');
  await world.clock.advance(6 * SECOND);
  expect(await world.states('a')).toBe('True False False');
  expect(world.answers()).toBe('b c d');
  expect(world.events).toContain('a ClientsNotReachable');
});

it('keeps two members that have lost each other', async () => {
  await using world = await PartitionWorld.start(four);
  world.set('silent', 'a', 'b');
  world.set('silent', 'b', 'a');
  await world.clock.advance(60 * SECOND);
  expect(world.answers()).toBe('a b c d');
  expect(await world.states('a')).toBe('True False True');
});

it('does not listen to a member that reaches nobody', async () => {
  await using world = await PartitionWorld.start(['a', 'b', 'c']);
  world.set('silent', 'a', ['b', 'c'], 'shards');
  world.set('silent', HUB, 'b', 'shards');
  await world.clock.advance(60 * SECOND);
  const votes = (await world.cluster('b')).status?.votes ?? [];
  expect(votes.find(({ voter }) => voter === 'a')?.ignored).toBeDefined();
  expect(world.answers()).toBe('a b c');
});

it('keeps all when one way only is cut: the hub hears, and is not heard', async () => {
  await using world = await PartitionWorld.start(four);
  world.set('silent', HUB, four, 'api');
  await world.clock.advance(60 * SECOND);
  expect(world.answers()).toBe('a b c d');
  // Its own looks at shards still go through.
  expect(await world.states('a')).toBe('Unknown Unknown True');
});

it('withdraws nobody while the hub is alone, and answers however long it lasts', async () => {
  await using world = await PartitionWorld.start(four);
  world.set('silent', HUB, four);
  await world.clock.advance(60 * SECOND);
  expect(await world.states('a')).toBe('Unknown Unknown Unknown');
  await world.clock.advance(900 * SECOND);
  expect(world.answers()).toBe('a b c d');
  expect(world.events).toContain('a ClientsUnjudged');
});

it('takes a slow API for what it is: the hub cannot see the member, its clients can reach it', async () => {
  await using world = await PartitionWorld.start(four);
  // Later than a probe waits.
  world.set('silent', HUB, 'a', 'api');
  await world.clock.advance(60 * SECOND);
  expect(await world.states('a')).toBe('False True True');
  expect(world.answers()).toBe('a b c d');
});

it('keeps everyone when every third packet is lost', async () => {
  await using world = await PartitionWorld.start(four);
  world.set('lossy', [HUB, ...four], four);
  for (let minute = 0; minute < 5; minute++) {
    await world.clock.advance(60 * SECOND);
    expect(world.answers()).toBe('a b c d');
  }
});

it('lets a member that flaps prove itself ever longer', async () => {
  await using world = await PartitionWorld.start(four);
  const changes: number[] = [];
  for (let round = 0; round < 6; round++) {
    world.set('refused', [HUB, ...four], 'a');
    await world.clock.advance(6 * SECOND);
    expect(world.answers()).toBe('b c d');
    world.set('up', [HUB, ...four], 'a');
    let seconds = 0;
    while (world.answers() !== 'a b c d' && seconds < 200) {
      await world.clock.advance(SECOND);
      seconds += 1;
    }
    changes.push(seconds);
  }
  expect(changes[0]).toBeLessThan(10);
  expect(changes[5]).toBeGreaterThan(75);
  expect([...changes].sort((x, y) => x - y)).toEqual(changes);
});

it('reads in another member what a member saw that the hub has lost', async () => {
  await using world = await PartitionWorld.start(['a', 'b', 'c']);
  world.set('silent', HUB, 'c', 'api');
  await world.clock.advance(30 * SECOND);
  const vote = (await world.cluster('a')).status?.votes?.find(({ voter }) => voter === 'c');
  expect(vote).toMatchObject({ verdict: 'Reachable', via: expect.stringMatching(/^[ab]$/) as string });
});

it('hears of a member without an address, by others, that it is alive', async () => {
  await using world = await PartitionWorld.start(['a', 'b', 'c'], { withoutAddress: ['a'] });
  world.set('silent', HUB, 'a');
  await world.clock.advance(120 * SECOND);
  expect(await world.states('a')).toBe('False True True');
  const votes = (await world.cluster('a')).status?.votes ?? [];
  expect(votes.map(({ voter, verdict }) => `${voter} ${verdict}`)).toEqual(['hub Unreachable', 'a Reachable']);
  expect(votes[1]?.via).toMatch(/^[bc]$/);

  // Now nobody hears of it any more.
  world.set('silent', 'a', ['b', 'c']);
  await world.clock.advance(60 * SECOND);
  expect(await world.states('a')).toBe('False True False');
});

it('judges members without reporters as before', async () => {
  await using world = await PartitionWorld.start(['a', 'b'], { withoutReporter: ['a', 'b'] });
  world.set('silent', HUB, 'a');
  await world.clock.advance(15 * SECOND);
  expect(world.answers()).toBe('b');
  // An address that does not answer is one witness, and the API is another.
  world.set('refused', HUB, 'b', 'shards');
  world.set('up', HUB, 'a');
  await world.clock.advance(30 * SECOND);
  expect(await world.states('b')).toBe('True False True');
  expect(world.answers()).toBe('a b');
});

it('sends nobody to a withdrawn member while another serves, and everybody when none does', async () => {
  await using world = await PartitionWorld.start(['a', 'b', 'c']);
  await world.withdraw('a');
  await world.clock.advance(SECOND);
  expect(world.answers()).toBe('b c');
  world.set('refused', [HUB, 'a', 'b', 'c'], ['b', 'c']);
  await world.clock.advance(10 * SECOND);
  expect(world.answers()).toBe('a');
  await world.withdraw('a', false);
  world.set('up', [HUB, 'a', 'b', 'c'], ['b', 'c']);
  await world.clock.advance(20 * SECOND);
  expect(world.answers()).toBe('a b c');
});

it('goes on answering with what the federation sees when the votes are against everybody', async () => {
  await using world = await PartitionWorld.start(four);
  world.set('refused', [HUB, ...four], four, 'shards');
  await world.clock.advance(10 * SECOND);
  for (const name of four) expect(await world.states(name)).toBe('True False False');
  expect(world.answers()).toBe('a b c d');
});

it('sends clients of a Service that wants it so to those of its shards that answer', async () => {
  await using world = await PartitionWorld.start(four, { withPay: true });
  expect(world.payAnswers()).toBe('a b c d');
  world.setPay('silent', [HUB, 'b', 'c', 'd'], 'a');
  await world.clock.advance(30 * SECOND);
  expect(await world.states('a')).toBe('True False True');
  expect([world.answers(), world.payAnswers()]).toEqual(['a b c d', 'b c d']);
  expect(world.events).toContain('pay ShardNotReachable');
  // One of four may be wrong.
  world.setPay('silent', ['c'], 'b');
  await world.clock.advance(30 * SECOND);
  expect(world.payAnswers()).toBe('b c d');
  world.setPay('up', [HUB, 'b', 'c', 'd'], 'a');
  await world.clock.advance(10 * SECOND);
  expect(world.payAnswers()).toBe('a b c d');
  expect(world.events).toContain('pay ShardReachable');

  for (const name of four) world.setPay('failing', [HUB, ...four], name);
  await world.clock.advance(30 * SECOND);
  expect(world.payAnswers()).toBe('a b c d');
});

it.each([
  ['an answer that it is not well', 'failing'],
  ['silence, where it reaches others there', 'silent'],
] as const)('believes of one who looks alone %s', async (_what, line) => {
  await using world = await PartitionWorld.start(['a', 'b'], { withPay: true, withoutReporter: ['a', 'b'] });
  world.setPay(line, [HUB], 'a');
  await world.clock.advance(30 * SECOND);
  expect([world.answers(), world.payAnswers()]).toEqual(['a b', 'b']);
  world.setPay('up', [HUB], 'a');
  await world.clock.advance(10 * SECOND);
  expect(world.payAnswers()).toBe('a b');
});

it('treats a member that nobody can judge as each Service wants', async () => {
  // Only the hub can look, and it is cut off from all shards but those of c.
  const health = { unjudgedWithdrawMs: 60 * SECOND };
  await using world = await PartitionWorld.start(['a', 'b', 'c'], { withoutReporter: ['a', 'b'], health });
  world.set('silent', HUB, ['a', 'b', 'c']);
  world.set('silent', 'c', ['a', 'b']);
  await world.clock.advance(40 * SECOND);
  expect(await world.states('a')).toBe('Unknown Unknown Unknown');
  expect(world.answers()).toBe('a b c');
  world.set('up', HUB, 'c', 'shards');
  await world.clock.advance(10 * SECOND);
  expect(await world.states('c')).toBe('Unknown Unknown True');
  await world.clock.advance(60 * SECOND);
  expect(world.answers()).toBe('c');
  await world.annotate({ 'federation.koinon.dev/unjudged-clusters': 'keep' });
  await world.clock.advance(SECOND);
  expect(world.answers()).toBe('a b c');
});
