import { expect, it } from 'vitest';
import type { Pod, PodSpec } from '../../../src/apis/index.ts';
import { pods } from '../../../src/apis/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../../src/apiserver/index.ts';
import { defaultTolerationSeconds, priority } from './pod-defaults.ts';

const { signal } = new AbortController();

function requestFor(spec: Partial<PodSpec>): AdmissionRequest {
  const object: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [], ...spec } };
  return {
    attempt: {},
    operation: 'CREATE',
    verb: 'create',
    resource: pods,
    name: 'p',
    object,
    user: { username: 'anna', groups: [] },
    dryRun: false,
    warn: () => undefined,
  };
}

async function admit(plugin: AdmissionPlugin, spec: Partial<PodSpec>): Promise<PodSpec | undefined> {
  const request = requestFor(spec);
  expect(plugin.handles(request)).toBe(true);
  // @NOTE a plugin makes a pod of a pod.
  const admitted = (await plugin.mutate?.(request, signal)) as Pod;
  return admitted.spec;
}

it('lets pods stay on an unwell node for five minutes', async () => {
  const spec = await admit(defaultTolerationSeconds, {});
  expect(spec?.tolerations?.map(({ key, tolerationSeconds }) => [key, tolerationSeconds])).toEqual([
    ['node.kubernetes.io/not-ready', 300],
    ['node.kubernetes.io/unreachable', 300],
  ]);
});

it('leaves alone what a pod says itself', async () => {
  const mine = { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 };
  const spec = await admit(defaultTolerationSeconds, { tolerations: [mine] });
  expect(spec?.tolerations?.map(({ key }) => key)).toEqual([mine.key, 'node.kubernetes.io/not-ready']);
  const everything = [{ operator: 'Exists' }];
  expect((await admit(defaultTolerationSeconds, { tolerations: everything }))?.tolerations).toEqual(everything);
});

it('knows the priorities of the system, and no others', async () => {
  expect(await admit(priority, {})).toMatchObject({ priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
  expect(await admit(priority, { priorityClassName: 'system-node-critical' })).toMatchObject({
    priority: 2_000_001_000,
  });
  await expect(admit(priority, { priorityClassName: 'gold' })).rejects.toThrow(
    'no PriorityClass with name gold was found',
  );
  await expect(admit(priority, { priority: 7 })).rejects.toThrow('must not be provided');
});

it('has no business with changes of pods and with their subresources', () => {
  for (const change of [{ operation: 'UPDATE' as const }, { subresource: 'binding' }]) {
    expect(priority.handles({ ...requestFor({}), ...change })).toBe(false);
  }
});
