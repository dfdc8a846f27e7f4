import { expect, it, vi } from 'vitest';
import { FakeClock, silentLogger as log, systemClock } from '../../src/component-base/index.ts';
import type { ConfigMap } from '../../src/apis/index.ts';
import { MemberReviews } from './member-reviews.ts';

const names = Array.from({ length: 50 }, (_, index) => `n${index}`);
const listOf = (...objects: string[]) =>
  objects.map((name): ConfigMap => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }));

function reviewing(look: (cluster: string, name: string) => void, clock = systemClock) {
  const objects = { list: () => listOf(...names), get: () => undefined, byIndex: () => [], entries: () => [].values() };
  return new MemberReviews<ConfigMap>({
    objects,
    look: (cluster, { metadata }) => {
      look(cluster, metadata.name ?? '');
    },
    clock,
    log,
  });
}

it('looks at all objects for each member, and lets others have their turn', async () => {
  const looked: string[] = [];
  const reviews = reviewing((cluster, name) => {
    const until = performance.now() + 0.2;
    while (performance.now() < until);
    looked.push(`${cluster} ${name}`);
  });
  reviews.request('east');
  reviews.request('west');
  reviews.request('east');
  let turns = 0;
  while (looked.length < 150) {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    setImmediate(() => {
      resolve(undefined);
    });
    await promise;
    turns += 1;
  }
  expect(turns).toBeGreaterThan(5);
  expect(looked).toEqual([
    ...names.map((name) => `east ${name}`),
    ...names.map((name) => `west ${name}`),
    ...names.map((name) => `east ${name}`),
  ]);
});

it('goes on when one object cannot be looked at', () => {
  const look = vi.fn((_cluster: string, name: string) => {
    if (name === 'n3') throw new Error('no');
  });
  reviewing(look, new FakeClock()).request('east');
  expect(look).toHaveBeenCalledTimes(50);
});

it('looks at nothing more once it has ended', () => {
  const look = vi.fn();
  const reviews = reviewing(look, new FakeClock());
  reviews.end();
  reviews.request('east');
  expect(look).not.toHaveBeenCalled();
});
