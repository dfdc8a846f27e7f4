import { describe, expect, it } from 'vitest';
import { notFound, type KubeObject, type Resource } from '../../../src/apimachinery/index.ts';
import { pods, priorityClasses, type Pod, type PodSpec, type PriorityClass } from '../../../src/apis/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../../src/apiserver/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Lister } from '../../../src/controller/index.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { priority } from './priority.ts';
import { serviceAccountAdmission } from './service-account.ts';

const { signal } = new AbortController();

function requestFor(spec: Partial<PodSpec>): AdmissionRequest {
  const object: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [], ...spec } };
  return {
    attempt: {},
    operation: 'CREATE',
    verb: 'create',
    resource: pods,
    namespace: 'shop',
    name: 'p',
    object,
    user: { username: 'anna', groups: [] },
    dryRun: false,
    warn: () => undefined,
    annotate: () => undefined,
  };
}

async function admit(plugin: AdmissionPlugin, spec: Partial<PodSpec>): Promise<PodSpec | undefined> {
  const request = requestFor(spec);
  expect(plugin.handles(request)).toBe(true);
  // @NOTE a plugin makes a pod of a pod.
  const admitted = (await plugin.mutate?.(request, signal)) as Pod;
  return admitted.spec;
}

/** A client that can get these and nothing else. */
function having(...objects: KubeObject[]): Pick<Client, 'get'> {
  return {
    get: async <T extends KubeObject>(resource: Resource<T>, { name }: { name: string }) => {
      const found = objects.find((object) => object.kind === resource.kind && object.metadata.name === name);
      if (found === undefined) throw notFound(resource, name);
      // @NOTE it is of the kind that was asked for.
      return found as T;
    },
  };
}

function listing<T extends KubeObject>(objects: readonly T[]): () => Promise<Lister<T>> {
  return async () => ({
    get: (key) => objects.find(({ metadata }) => metadata.name === key),
    list: () => objects,
    byIndex: () => [],
  });
}

const classNamed = (name: string, more: Partial<PriorityClass> = {}): PriorityClass => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value: 1000,
  preemptionPolicy: 'PreemptLowerPriority',
  ...more,
});

it('lets pods stay on an unwell node for five minutes', async () => {
  const spec = await admit(defaultTolerationSeconds, {});
  expect(spec?.tolerations?.map(({ key, tolerationSeconds }) => [key, tolerationSeconds])).toEqual([
    ['node.kubernetes.io/not-ready', 300],
    ['node.kubernetes.io/unreachable', 300],
  ]);
});

it('lets pods stay that say no more for how long they would', () => {
  const changed = { ...requestFor({}), operation: 'UPDATE', verb: 'update' } as const;
  expect(defaultTolerationSeconds.handles(changed)).toBe(true);
  expect(defaultTolerationSeconds.handles({ ...changed, subresource: 'status' })).toBe(false);
});

it('leaves alone what a pod says itself', async () => {
  const mine = { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 };
  const spec = await admit(defaultTolerationSeconds, { tolerations: [mine] });
  expect(spec?.tolerations?.map(({ key }) => key)).toEqual([mine.key, 'node.kubernetes.io/not-ready']);
  const everything = [{ operator: 'Exists' }];
  expect((await admit(defaultTolerationSeconds, { tolerations: everything }))?.tolerations).toEqual(everything);
});

describe('priority', () => {
  const none = priority({ classes: listing<PriorityClass>([]), own: having(classNamed('fresh', { value: 5 })) });
  const known = [
    classNamed('gold', { preemptionPolicy: 'Never' }),
    classNamed('usual', { globalDefault: true, value: 10 }),
  ];
  const some = priority({ classes: listing(known), own: having() });

  it('keeps what a changed pod had', async () => {
    const had = { priority: 5, preemptionPolicy: 'Never' };
    const oldObject = requestFor(had).object ?? expect.unreachable();
    const change = { ...requestFor({}), operation: 'UPDATE', verb: 'update', oldObject } as const;
    expect(some.handles(change)).toBe(true);
    expect(await some.mutate?.(change, signal)).toMatchObject({ spec: had });
  });

  it.each<[AdmissionPlugin, Partial<PodSpec>, Partial<PodSpec>]>([
    [none, {}, { priority: 0, preemptionPolicy: 'PreemptLowerPriority' }],
    [none, { priorityClassName: 'system-node-critical' }, { priority: 2_000_001_000 }],
    [none, { priorityClassName: 'fresh' }, { priority: 5 }],
    [some, { priorityClassName: 'gold' }, { priority: 1000, preemptionPolicy: 'Never' }],
    [some, {}, { priorityClassName: 'usual', priority: 10 }],
    [some, { priority: 10 }, { priorityClassName: 'usual', priority: 10 }],
  ])('computes it, row %#', async (plugin, spec, expected) => {
    expect(await admit(plugin, spec)).toMatchObject(expected);
  });

  it.each<[Partial<PodSpec>, string]>([
    [{ priorityClassName: 'brass' }, 'pods "p" is forbidden: no PriorityClass with name brass was found'],
    [
      { priority: 7 },
      'the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 10',
    ],
    [
      { priorityClassName: 'gold', preemptionPolicy: 'PreemptLowerPriority' },
      'the string value of PreemptionPolicy (PreemptLowerPriority) must not be provided in pod spec',
    ],
  ])('refuses %j', async (spec, why) => {
    await expect(admit(some, spec)).rejects.toThrow(why);
  });

  it('allows one default at a time', async () => {
    const write = (object: PriorityClass) =>
      some.validate?.({ ...requestFor({}), resource: priorityClasses, object }, signal);
    await expect(write(classNamed('other', { globalDefault: true }))).rejects.toThrow(
      'PriorityClass usual is already marked as default. Only one default can exist',
    );
    await write(classNamed('usual', { globalDefault: true }));
    await write(classNamed('other'));
  });

  it('has no business with subresources of pods', () => {
    for (const subresource of ['binding', 'status'])
      expect(some.handles({ ...requestFor({}), operation: 'UPDATE', subresource })).toBe(false);
  });
});

describe('service account', () => {
  const account = (name: string, more: object = {}) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { namespace: 'shop', name },
    ...more,
  });
  const plugin = serviceAccountAdmission(
    having(
      account('default', { imagePullSecrets: [{ name: 'pull' }] }),
      account('shy', { automountServiceAccountToken: false }),
    ),
    { sleep: async () => undefined, random: () => 0 },
  );
  const path = '/var/run/secrets/kubernetes.io/serviceaccount';
  const containers = [{ name: 'c' }, { name: 'own', volumeMounts: [{ name: 'mine', mountPath: path }] }];

  it('shows the token of the account as a volume, where nothing else is', async () => {
    const spec = await admit(plugin, { containers, initContainers: [{ name: 'i' }] });
    const mount = { name: 'kube-api-access-bbbbb', readOnly: true, mountPath: path };
    expect(spec).toMatchObject({
      serviceAccountName: 'default',
      serviceAccount: 'default',
      imagePullSecrets: [{ name: 'pull' }],
      initContainers: [{ name: 'i', volumeMounts: [mount] }],
      containers: [{ name: 'c', volumeMounts: [mount] }, containers[1]],
      volumes: [
        {
          name: 'kube-api-access-bbbbb',
          projected: { defaultMode: 420, sources: [{ serviceAccountToken: { expirationSeconds: 3607 } }, {}, {}] },
        },
      ],
    });
  });

  it.each<[Partial<PodSpec>, boolean]>([
    [{ automountServiceAccountToken: false }, false],
    [{ serviceAccountName: 'shy' }, false],
    [{ serviceAccountName: 'shy', automountServiceAccountToken: true }, true],
  ])('keeps it from those who do not want it: %j', async (spec, isMounted) => {
    const admitted = await admit(plugin, { containers, ...spec });
    expect(admitted?.volumes !== undefined).toBe(isMounted);
  });

  it('refuses accounts that do not exist', async () => {
    await expect(admit(plugin, { serviceAccountName: 'nobody' })).rejects.toThrow(
      'error looking up service account shop/nobody: serviceaccount "nobody" not found',
    );
  });
});
