import { describe, expect, it } from 'vitest';
import {
  limitRanges,
  persistentVolumeClaims,
  pods,
  type LimitRange,
  type LimitRangeSpec,
  type Pod,
  type PodSpec,
} from '../../../src/apis/index.ts';
import type { AdmissionRequest } from '../../../src/apiserver/index.ts';
import type { KubeObject } from '../../../src/apimachinery/index.ts';
import { limitRanger } from './limit-ranger.ts';

const { signal } = new AbortController();
type Item = LimitRangeSpec['limits'][number];

function requestOf(object: KubeObject, more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    attempt: {},
    operation: 'CREATE',
    verb: 'create',
    resource: pods,
    namespace: 'shop',
    name: object.metadata.name ?? '',
    object,
    user: { username: 'anna', groups: [] },
    dryRun: false,
    warn: () => undefined,
    annotate: () => undefined,
    ...more,
  };
}

function ranger(...limits: Item[]) {
  const range: LimitRange = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'limits' }, spec: { limits } };
  const complete = limitRanges.strategy.defaults?.(range) ?? range;
  return limitRanger(async () => ({ get: () => complete, list: () => [complete], byIndex: () => [] }));
}

const podWith = (spec: Partial<PodSpec>): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'c' }], ...spec },
});
const asking = (requests: Record<string, string>, limits: Record<string, string> = {}): Partial<PodSpec> => ({
  containers: [{ name: 'c', resources: { requests, limits } }],
});

it('fills in what containers leave out, and says so', async () => {
  const plugin = ranger({
    type: 'Container',
    default: { cpu: '200m', memory: '1Gi' },
    defaultRequest: { cpu: '100m' },
  });
  const pod = podWith({
    containers: [{ name: 'c', resources: { limits: { memory: '2Gi' }, requests: { memory: '2Gi' } } }],
    initContainers: [{ name: 'i' }],
  });
  expect(await plugin.mutate?.(requestOf(pod), signal)).toMatchObject({
    metadata: {
      annotations: {
        'kubernetes.io/limit-ranger':
          'LimitRanger plugin set: cpu request for container c; cpu limit for container c; ' +
          'cpu, memory request for init container i; cpu, memory limit for init container i',
      },
    },
    spec: {
      containers: [{ resources: { requests: { cpu: '100m', memory: '2Gi' }, limits: { cpu: '200m', memory: '2Gi' } } }],
      initContainers: [{ resources: { requests: { cpu: '100m', memory: '1Gi' } } }],
    },
  });
});

describe('bounds', () => {
  it.each<[Item, Partial<PodSpec>, string | undefined]>([
    [{ type: 'Container', max: { cpu: '1' } }, asking({ cpu: '1' }, { cpu: '1' }), undefined],
    [
      { type: 'Container', max: { cpu: '1' } },
      asking({ cpu: '1' }, { cpu: '2' }),
      'pods "p" is forbidden: maximum cpu usage per Container is 1, but limit is 2',
    ],
    [
      { type: 'Container', max: { cpu: '1' } },
      asking({}),
      'pods "p" is forbidden: maximum cpu usage per Container is 1.  No limit is specified',
    ],
    [
      { type: 'Container', min: { cpu: '100m', memory: '4Mi' } },
      asking({ cpu: '50m' }),
      'pods "p" is forbidden: [minimum cpu usage per Container is 100m, but request is 50m, ' +
        'minimum memory usage per Container is 4Mi.  No request is specified]',
    ],
    [
      { type: 'Container', maxLimitRequestRatio: { cpu: '2' } },
      asking({ cpu: '100m' }, { cpu: '300m' }),
      'pods "p" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000',
    ],
    [
      { type: 'Pod', max: { memory: '1Gi' } },
      {
        containers: [
          { name: 'a', resources: { limits: { memory: '600Mi' } } },
          { name: 'b', resources: { limits: { memory: '600Mi' } } },
        ],
      },
      'pods "p" is forbidden: maximum memory usage per Pod is 1Gi, but limit is 1200Mi',
    ],
    [{ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }, {}, undefined],
  ])('of pods, row %#', async (item, spec, expected) => {
    const verdict = ranger(item).validate?.(requestOf(podWith(spec)), signal);
    expect(
      await verdict?.then(
        () => undefined,
        (err: unknown) => (err instanceof Error ? err.message : err),
      ),
    ).toBe(expected);
  });

  it.each([
    ['1Gi', 'minimum storage usage per PersistentVolumeClaim is 2Gi, but request is 1Gi'],
    ['6Gi', 'maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 6Gi'],
  ])('of claims of %s', async (storage, expected) => {
    const plugin = ranger({ type: 'PersistentVolumeClaim', min: { storage: '2Gi' }, max: { storage: '5Gi' } });
    const claim = { ...podWith({}), kind: 'PersistentVolumeClaim', spec: { resources: { requests: { storage } } } };
    const request = requestOf(claim, { resource: persistentVolumeClaims, operation: 'UPDATE' });
    expect(plugin.handles(request)).toBe(true);
    await expect(plugin.validate?.(request, signal)).rejects.toThrow(expected);
  });

  it('does not hold for pods that are there', () => {
    expect(ranger().handles(requestOf(podWith({}), { operation: 'UPDATE' }))).toBe(false);
  });
});
