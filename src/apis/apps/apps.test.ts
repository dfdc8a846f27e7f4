import { describe, expect, it } from 'vitest';
import type { DaemonSet, Deployment, DeploymentSpec, ReplicaSet } from '../generated/wire-types.ts';
import { daemonSets } from './daemon-set.ts';
import { deployments } from './deployment.ts';
import { replicaSets } from './replica-set.ts';

const labels = { app: 'web' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx:1' }] } };
const spec: DeploymentSpec = { selector: { matchLabels: labels }, template };
const metadata = { name: 'web', namespace: 'x', creationTimestamp: '1970-01-01T00:00:00Z' };
const deployment = (more: Partial<DeploymentSpec> = {}): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata,
  spec: { ...spec, ...more },
});
const { strategy } = deployments;
const problems = (object: Deployment) =>
  (strategy.validate?.(strategy.defaults?.(object) ?? object) ?? []).map(
    ({ field, message }) => `${field}: ${message}`,
  );

describe('Deployment', () => {
  it('gets replicas, a strategy and a complete template', () => {
    expect(strategy.defaults?.(deployment()).spec).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: {
        metadata: { labels },
        spec: { restartPolicy: 'Always', containers: [{ imagePullPolicy: 'IfNotPresent' }] },
      },
    });
    expect(strategy.defaults?.(deployment({ strategy: { type: 'Recreate' } })).spec?.strategy).toEqual({
      type: 'Recreate',
    });
  });

  it.each<[string, Partial<DeploymentSpec>, readonly string[]]>([
    ['all is well', {}, []],
    ['negative replicas', { replicas: -1 }, ['spec.replicas: Invalid value: -1: must be greater than or equal to 0']],
    [
      'an empty selector',
      { selector: {} },
      ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
    ],
    [
      'a selector that finds something else',
      { selector: { matchLabels: { app: 'db' } } },
      ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
    ],
    [
      'a bad operator',
      { selector: { matchLabels: labels, matchExpressions: [{ key: 'a', operator: 'Near' }] } },
      [
        'spec.selector.matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator',
        'spec.selector: Invalid value: {"matchLabels":{"app":"web"},"matchExpressions":[{"key":"a","operator":"Near"}]}: invalid label selector',
      ],
    ],
    [
      'a template that ends',
      { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
      ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
    [
      'a template without an image',
      { template: { metadata: { labels }, spec: { containers: [{ name: 'a' }] } } },
      ['spec.template.spec.containers[0].image: Required value'],
    ],
    [
      'no way to update',
      { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } },
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0'],
    ],
    [
      'too much missing',
      { strategy: { rollingUpdate: { maxUnavailable: '101%' } } },
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%'],
    ],
    [
      'a bad percentage',
      { strategy: { rollingUpdate: { maxSurge: 'x' } } },
      [expect.stringContaining('spec.strategy.rollingUpdate.maxSurge: Invalid value: "x": a valid percent string')],
    ],
    [
      'too little time',
      { minReadySeconds: 600 },
      ['spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds'],
    ],
    [
      'both strategies',
      { strategy: { type: 'Recreate', rollingUpdate: {} } },
      ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
    ],
  ])('%s', (_name, more, expected) => {
    expect(problems(deployment(more))).toEqual(expected);
  });

  it('names what a client left out', () => {
    const { selector: _selector, ...rest } = spec;
    const incomplete = { ...deployment(), spec: rest };
    // A client may send this; the type cannot say so.
    expect(problems(incomplete as Deployment)).toEqual(['spec.selector: Required value']);
    expect(problems({ apiVersion: 'apps/v1', kind: 'Deployment', metadata })).toContain(
      'spec.selector: Required value',
    );
  });

  it('keeps its labels when its status is reported', () => {
    const old = { ...deployment(), metadata: { ...metadata, labels: { a: 'b' } } };
    const report = { ...old, metadata: { ...metadata, annotations: { n: 'o' } }, status: { replicas: 3 } };
    const part = deployments.subresources?.find(({ name }) => name === 'status');
    const context = { user: { username: 'u', groups: [] }, now: 0 };
    expect(part?.type === 'status' && part.prepareForUpdate?.(report, old, context)).toEqual({
      ...old,
      metadata: { ...metadata, labels: { a: 'b' }, annotations: { n: 'o' } },
      status: { replicas: 3 },
    });
  });

  it('keeps its selector', () => {
    const next = deployment({ selector: { matchLabels: { app: 'web', tier: 'x' } } });
    expect(strategy.validateUpdate?.(next, deployment())).toMatchObject([
      { field: 'spec.selector', reason: 'FieldValueInvalid' },
    ]);
    expect(strategy.validateUpdate?.(deployment(), deployment())).toEqual([]);
  });

  it('has a status of its own', () => {
    const reported = { ...deployment(), status: { replicas: 3 } };
    expect(strategy.prepareForCreate?.(reported, { user: { username: '', groups: [] }, now: 0 })).not.toHaveProperty(
      'status',
    );
    expect(
      strategy.prepareForUpdate?.(deployment(), reported, { user: { username: '', groups: [] }, now: 0 }).status,
    ).toEqual({ replicas: 3 });
  });

  it('is scaled', () => {
    const scale = deployments.subresources?.find(({ type }) => type === 'scale');
    if (scale?.type !== 'scale') throw new Error('no scale');
    const object = { ...deployment({ replicas: 3 }), status: { replicas: 2 } };
    expect(scale.read(object)).toEqual({ specReplicas: 3, statusReplicas: 2, selector: 'app=web' });
    expect(scale.write(object, 5).spec).toEqual({ ...spec, replicas: 5 });
  });

  it('shows its progress', () => {
    const object = {
      ...deployment({ replicas: 3 }),
      status: { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1 },
    };
    expect(deployments.columns?.map((column) => column.value(object, 60_000))).toEqual([
      'web',
      '2/3',
      3,
      1,
      '60s',
      'web',
      'nginx:1',
      'app=web',
    ]);
  });
});

it('ReplicaSet shows its pods and wants a selector', () => {
  const replicaSet: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata,
    spec: { replicas: 3, selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] }, template },
    status: { replicas: 2, readyReplicas: 1 },
  };
  expect(replicaSets.columns?.map((column) => column.value(replicaSet, 0))).toEqual([
    'web',
    3,
    2,
    1,
    '0s',
    'web',
    'nginx:1',
    'app in (web)',
  ]);
  expect(replicaSets.strategy.validate?.(replicaSets.strategy.defaults?.(replicaSet) ?? replicaSet)).toEqual([]);
  expect(replicaSets.strategy.validate?.({ ...replicaSet, spec: { selector: {} } })).not.toEqual([]);
});

it('DaemonSet tells how often its template changed, whatever a client says of it', () => {
  const { strategy } = daemonSets;
  const sent: DaemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'x', annotations: { a: 'b' } },
    spec: { selector: { matchLabels: labels }, template },
  };
  const context = { user: { username: 'u', groups: [] }, now: 0 };
  const generation = ({ metadata }: DaemonSet = sent) =>
    metadata.annotations?.['deprecated.daemonset.template.generation'];
  const created = strategy.prepareForCreate?.(sent, context) ?? sent;
  expect(created.metadata.annotations).toEqual({ a: 'b', 'deprecated.daemonset.template.generation': '1' });
  expect(generation(strategy.prepareForUpdate?.(sent, created, context))).toBe('1');
  const changed = { ...sent, spec: { selector: { matchLabels: labels }, template: { ...template, metadata: {} } } };
  expect(generation(strategy.prepareForUpdate?.(changed, created, context))).toBe('2');
});
