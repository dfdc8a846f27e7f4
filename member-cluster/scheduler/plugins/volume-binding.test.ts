import { expect, it } from 'vitest';
import type { KubeObject } from '../../../src/apimachinery/index.ts';
import type { PersistentVolumeClaim } from '../../../src/apis/index.ts';
import type { Lister } from '../../../src/controller/index.ts';
import { node, noStorage, pod } from '../../../test/harness/scheduling.ts';
import { SchedulerCache } from '../cache.ts';
import { Feasibility } from '../feasibility.ts';
import { place } from '../place.ts';
import { podInfoOf } from '../pod-info.ts';
import { preempt } from '../preemption/preempt.ts';
import { volumeBinding } from './volume-binding.ts';

const claims = [
  { metadata: { name: 'bound' }, status: { phase: 'Bound' } },
  { metadata: { name: 'pending' }, status: { phase: 'Pending' } },
];

function listerOf<T extends KubeObject>(found: Lister<T>, objects: readonly object[]): Lister<T> {
  // @NOTE the plugin looks at no other fields than these have.
  return { ...found, get: (key) => objects.find((each) => key === `default/${nameOf(each)}`) as T | undefined };
}

function nameOf(object: object): string {
  // @NOTE all of them have a name.
  return (object as PersistentVolumeClaim).metadata.name ?? '';
}

it.each([
  ['missing', 'persistentvolumeclaim "missing" not found'],
  ['pending', 'pod has unbound immediate PersistentVolumeClaims'],
])('says once of all nodes what is wrong with a claim that is %s, and ends nobody for it', (name, why) => {
  const cache = new SchedulerCache();
  for (const each of ['a', 'b']) cache.setNode(node(each));
  const snapshot = cache.snapshot(() => ({}));
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: name } }];
  const plugin = volumeBinding({ ...noStorage, claims: listerOf(noStorage.claims, claims) });
  const feasibility = new Feasibility(podInfoOf(pod('p', { spec: { volumes } })), snapshot, [plugin], () => []);
  const placement = place(feasibility, snapshot, [], { random: () => 0 });
  if (placement.type === 'placed') expect.unreachable();
  expect(placement.message).toBe(`0/2 nodes are available: ${why}.`);
  const { refusals } = placement;
  expect(preempt(feasibility, { refusals, budgets: [], nominated: undefined, random: () => 0 })).toMatchObject({
    message: 'preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
  });
});
