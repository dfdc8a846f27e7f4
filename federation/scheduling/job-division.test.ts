import { expect, it } from 'vitest';
import { divideJob, type HeldJobShare, type JobDivisionRequest } from './job-division.ts';
import { planReplicas } from './planner.ts';
import { defaultPreferences } from './preferences.ts';

const key = 'shop/sum';
const evenly = (total: number, clusters: readonly string[]) =>
  planReplicas({ total, clusters, current: new Map(), capacity: new Map(), preferences: defaultPreferences, key })
    .replicas;
const request = (change: Partial<JobDivisionRequest>): JobDivisionRequest => ({
  parallelism: 4,
  completions: 10,
  held: new Map(),
  leaving: new Set(),
  open: ['a', 'b', 'c'],
  among: evenly,
  mostIn: () => Infinity,
  key,
  ...change,
});
const share = (completions: number, parallelism = 1, isFinished = false): HeldJobShare => ({
  completions,
  parallelism,
  isFinished,
});
const asText = ({ shares, staying, unplaced }: ReturnType<typeof divideJob>) => [
  [...shares]
    .sort()
    .map(([name, { completions, parallelism }]) => `${name}:${completions}/${parallelism}`)
    .join(' '),
  ...(staying.size === 0 ? [] : [`staying ${[...staying].join(' ')}`]),
  ...(unplaced === 0 ? [] : [`unplaced ${unplaced}`]),
];

it.each<[string, Partial<JobDivisionRequest>, readonly string[]]>([
  ['what runs at a time, and what has to succeed in proportion', { open: ['a', 'b'] }, ['a:5/2 b:5/2']],
  ['one at a time to one cluster', { parallelism: 1, open: ['a', 'b'] }, ['b:10/1']],
  ['no more at a time than have to succeed', { parallelism: 9, completions: 2, open: ['a', 'b'] }, ['a:1/1 b:1/1']],
  ['one that runs nothing for now', { parallelism: 0, open: ['a', 'b'] }, ['b:10/0']],
  ['one of which nothing has to succeed', { completions: 0, open: ['a'] }, ['a:0/0']],
  [
    'nothing twice: what is given out stays given out',
    { held: new Map([['a', share(6)]]), open: ['a', 'b'] },
    ['a:6/2 b:4/2'],
  ],
  ['nothing more when all is given out', { held: new Map([['a', share(10)]]) }, ['a:10/4']],
  [
    'the pods of who is done to who is not',
    {
      held: new Map([
        ['a', share(5, 2, true)],
        ['b', share(5, 2)],
      ]),
    },
    ['a:5/2 b:5/4'],
  ],
  [
    'one at a time, one cluster after the other',
    {
      parallelism: 1,
      held: new Map([
        ['a', share(6, 1)],
        ['b', share(4, 0)],
      ]),
    },
    ['a:6/1 b:4/0'],
  ],
  [
    'what a cluster that is left has, to those that have none of it',
    { held: new Map([['a', share(10, 4)]]), leaving: new Set(['a']), open: ['b'] },
    ['b:10/4'],
  ],
  [
    'nothing of a cluster that is left while no other can be given it',
    {
      held: new Map([
        ['a', share(6, 2)],
        ['b', share(4, 2)],
      ]),
      leaving: new Set(['a']),
      open: ['b'],
    },
    ['b:4/2', 'staying a'],
  ],
  [
    'what is done to nobody, wherever it was done',
    { held: new Map([['a', share(10, 4, true)]]), leaving: new Set(['a']), open: ['b'] },
    ['a:10/4'],
  ],
  ['nothing where there is no cluster', { open: [] }, ['', 'unplaced 10']],
  ['no more at a time than a cluster may', { open: ['a'], mostIn: () => 3 }, ['a:10/3']],
])('gives out %s', (_case, change, expected) => {
  expect(asText(divideJob(request(change)))).toEqual(expected);
});

it('gives out every completion once, whatever has been given out before', () => {
  for (let seed = 0; seed < 300; seed++) {
    const names = ['a', 'b', 'c', 'd', 'e'].slice(0, 1 + (seed % 5));
    const completions = (seed * 7) % 23;
    const first = divideJob(request({ parallelism: seed % 11, completions, open: names }));
    const held = new Map(
      [...first.shares]
        .slice(0, seed % 4)
        .map(([name, one]) => [name, share(one.completions, one.parallelism, seed % 3 === 0)]),
    );
    const second = divideJob(request({ parallelism: seed % 11, completions, held, open: names }));
    for (const { shares, unplaced } of [first, second]) {
      const given = [...shares.values()].reduce((total, one) => total + one.completions, 0);
      expect(given + unplaced, `seed ${seed}`).toBe(completions);
    }
    for (const [name, one] of held) expect(second.shares.get(name)?.completions).toBe(one.completions);
  }
});
