import { describe, expect, it } from 'vitest';
import type { Container, ContainerStatus, Pod, PodSpec, PodStatus } from '../generated/wire-types.ts';
import { pods } from './pod.ts';
import { podSummary } from './pod-summary.ts';

const { strategy } = pods;
const context = { user: { username: 'u', groups: [] }, now: 0 };

const pod = (spec: PodSpec, status?: PodStatus, metadata: Pod['metadata'] = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'x', ...metadata },
  spec,
  ...(status === undefined ? {} : { status }),
});
const container: Container = { name: 'web', image: 'nginx' };
const created = (spec: PodSpec) => strategy.defaults?.(pod(spec)) ?? pod(spec);
const problems = (spec: PodSpec) =>
  (strategy.validate?.(created(spec)) ?? []).map(({ field, message }) => `${field}: ${message}`);

describe('defaults', () => {
  it('fills in what a plain pod leaves out', () => {
    expect(created({ containers: [{ ...container, ports: [{ containerPort: 80 }] }] }).spec).toEqual({
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      schedulerName: 'default-scheduler',
      securityContext: {},
      enableServiceLinks: true,
      containers: [
        {
          name: 'web',
          image: 'nginx',
          imagePullPolicy: 'Always',
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          ports: [{ containerPort: 80, protocol: 'TCP' }],
        },
      ],
    });
  });

  it.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['registry:5000/nginx', 'Always'],
    ['nginx:1.11.1-alpine', 'IfNotPresent'],
    ['nginx@sha256:abc', 'IfNotPresent'],
  ])('pulls %s %s', (image, policy) => {
    expect(created({ containers: [{ name: 'a', image }] }).spec?.containers[0]?.imagePullPolicy).toBe(policy);
  });

  it('asks for what it is limited to, in canonical quantities', () => {
    const limited = {
      ...container,
      resources: { limits: { cpu: '1000m', memory: '1024Ki' }, requests: { cpu: '0.5' } },
    };
    expect(created({ containers: [limited] }).spec?.containers[0]?.resources).toEqual({
      limits: { cpu: '1', memory: '1Mi' },
      requests: { cpu: '500m', memory: '1Mi' },
    });
  });

  it('completes probes, volumes and accounts', () => {
    const spec = created({
      containers: [{ ...container, readinessProbe: { httpGet: { port: 80 } } }],
      volumes: [{ name: 'a' }, { name: 'b', secret: { secretName: 's' } }],
      serviceAccountName: 'me',
      hostNetwork: true,
    }).spec;
    expect(spec?.containers[0]?.readinessProbe).toEqual({
      httpGet: { path: '/', port: 80, scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    });
    expect(spec).toMatchObject({
      serviceAccount: 'me',
      volumes: [
        { name: 'a', emptyDir: {} },
        { name: 'b', secret: { secretName: 's', defaultMode: 420 } },
      ],
    });
  });
});

it.each<[string, Container['resources'] & object]>([
  ['BestEffort', {}],
  ['Burstable', { requests: { cpu: '1' } }],
  ['Guaranteed', { limits: { cpu: '1', memory: '1Gi' } }],
  ['Burstable', { limits: { cpu: '1' } }],
])('is %s with %j', (qosClass, resources) => {
  const object = created({ containers: [{ ...container, resources }] });
  expect(strategy.prepareForCreate?.(object, context).status).toEqual({ phase: 'Pending', qosClass });
});

it.each<[string, PodSpec, readonly string[]]>([
  ['a plain pod', { containers: [container] }, []],
  ['no containers', { containers: [] }, ['spec.containers: Required value']],
  ['no image', { containers: [{ name: 'a' }] }, ['spec.containers[0].image: Required value']],
  [
    'a bad name',
    { containers: [{ name: 'a.b', image: 'x' }] },
    ['spec.containers[0].name: Invalid value: "a.b": must not contain dots'],
  ],
  ['a double name', { containers: [container, container] }, ['spec.containers[1].name: Duplicate value: "web"']],
  [
    'a name shared with an init container',
    { containers: [container], initContainers: [container] },
    ['spec.containers[0].name: Duplicate value: "web"'],
  ],
  [
    'a restart policy',
    { containers: [container], restartPolicy: 'Sometimes' },
    ['spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"'],
  ],
  [
    'a port',
    { containers: [{ ...container, ports: [{ containerPort: 70_000 }] }] },
    ['spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive'],
  ],
  [
    'a mount of nothing',
    { containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v' }] }] },
    ['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
  ],
  [
    'too much asked',
    { containers: [{ ...container, resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }] },
    ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
  ],
  [
    'no quantity',
    { containers: [{ ...container, resources: { limits: { cpu: 'much' } } }] },
    [expect.stringContaining('quantities must match the regular expression'), expect.anything()],
  ],
  [
    'a probe of nothing',
    { containers: [{ ...container, livenessProbe: {} }] },
    ['spec.containers[0].livenessProbe: Required value: must specify a handler type'],
  ],
  [
    'a volume of two kinds',
    { containers: [container], volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/' } }] },
    ['spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type'],
  ],
])('validates %s', (_name, spec, expected) => {
  expect(problems(spec)).toEqual(expected);
});

describe('an update', () => {
  const old = created({ containers: [container], nodeName: 'n', tolerations: [{ key: 'a', operator: 'Exists' }] });
  const update = (change: Partial<PodSpec>) =>
    (strategy.validateUpdate?.({ ...old, spec: { containers: [], ...old.spec, ...change } }, old) ?? []).map(
      ({ field, reason }) => `${field} ${reason}`,
    );

  it('may change images, the deadline, and add tolerations', () => {
    expect(update({ containers: (old.spec?.containers ?? []).map((each) => ({ ...each, image: 'nginx:2' })) })).toEqual(
      [],
    );
    expect(update({ activeDeadlineSeconds: 5 })).toEqual([]);
    expect(update({ tolerations: [{ key: 'b' }, { key: 'a', operator: 'Exists', tolerationSeconds: 3 }] })).toEqual([]);
  });

  it('may change nothing else', () => {
    expect(update({ nodeName: 'm' })).toEqual(['spec FieldValueForbidden']);
    expect(update({ containers: [...(old.spec?.containers ?? []), container] })).toEqual([
      'spec.containers FieldValueForbidden',
    ]);
    expect(update({ tolerations: [] })).toEqual(['spec.tolerations FieldValueForbidden']);
  });
});

it.each<[string, PodSpec, PodStatus, number | undefined, number]>([
  ['what runs nowhere', { containers: [] }, {}, undefined, 0],
  [
    'a running pod',
    { containers: [], nodeName: 'n', terminationGracePeriodSeconds: 30 },
    { phase: 'Running' },
    undefined,
    30,
  ],
  ['a wish', { containers: [], nodeName: 'n', terminationGracePeriodSeconds: 30 }, {}, 5, 5],
  ['a negative wish', { containers: [], nodeName: 'n' }, {}, -1, 1],
  [
    'a finished pod',
    { containers: [], nodeName: 'n', terminationGracePeriodSeconds: 30 },
    { phase: 'Succeeded' },
    9,
    0,
  ],
])('gives %s its time', (_name, spec, status, requested, expected) => {
  expect(strategy.gracePeriodSeconds?.(pod(spec, status), requested)).toBe(expected);
});

const state = (more: Partial<ContainerStatus>): ContainerStatus => ({
  name: 'web',
  ready: false,
  restartCount: 0,
  image: '',
  imageID: '',
  ...more,
});
const running = state({ ready: true, state: { running: {} } });
const ended = (exitCode: number, reason?: string) => ({
  terminated: { exitCode, ...(reason === undefined ? {} : { reason }) },
});

describe('podSummary', () => {
  const one = { containers: [container] };
  const withInit = { containers: [container], initContainers: [{ name: 'i' }, { name: 'j' }] };
  const sidecar = { containers: [container], initContainers: [{ name: 'i', restartPolicy: 'Always' }] };

  it.each<[string, Pod, string, string]>([
    ['pending', pod(one, { phase: 'Pending' }), 'Pending', '0/1'],
    ['running', pod(one, { phase: 'Running', containerStatuses: [running] }), 'Running', '1/1'],
    [
      'creating',
      pod(one, {
        phase: 'Pending',
        containerStatuses: [state({ state: { waiting: { reason: 'ContainerCreating' } } })],
      }),
      'ContainerCreating',
      '0/1',
    ],
    [
      'crashing',
      pod(one, {
        phase: 'Running',
        containerStatuses: [state({ state: { waiting: { reason: 'CrashLoopBackOff' } } })],
      }),
      'CrashLoopBackOff',
      '0/1',
    ],
    [
      'completed',
      pod(one, { phase: 'Succeeded', containerStatuses: [state({ state: ended(0, 'Completed') })] }),
      'Completed',
      '0/1',
    ],
    ['failed', pod(one, { phase: 'Failed', containerStatuses: [state({ state: ended(3) })] }), 'ExitCode:3', '0/1'],
    ['evicted', pod(one, { phase: 'Failed', reason: 'Evicted' }), 'Evicted', '0/1'],
    [
      'gated',
      pod(one, {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      }),
      'SchedulingGated',
      '0/1',
    ],
    [
      'terminating',
      pod(one, { phase: 'Running', containerStatuses: [running] }, { deletionTimestamp: '1970-01-01T00:00:30Z' }),
      'Terminating',
      '1/1',
    ],
    [
      'deleted but done',
      pod(
        one,
        { phase: 'Succeeded', containerStatuses: [state({ state: ended(0, 'Completed') })] },
        { deletionTimestamp: '1970-01-01T00:00:30Z' },
      ),
      'Completed',
      '0/1',
    ],
    [
      'lost',
      pod(one, { phase: 'Running', reason: 'NodeLost' }, { deletionTimestamp: '1970-01-01T00:00:30Z' }),
      'Unknown',
      '0/1',
    ],
    [
      'initialising',
      pod(withInit, {
        phase: 'Pending',
        initContainerStatuses: [state({ name: 'i', state: ended(0) }), state({ name: 'j', state: { running: {} } })],
      }),
      'Init:1/2',
      '0/1',
    ],
    [
      'init failed',
      pod(withInit, { phase: 'Pending', initContainerStatuses: [state({ name: 'i', state: ended(1, 'Error') })] }),
      'Init:Error',
      '0/1',
    ],
    [
      'init crashing',
      pod(withInit, {
        phase: 'Pending',
        initContainerStatuses: [state({ name: 'i', state: { waiting: { reason: 'CrashLoopBackOff' } } })],
      }),
      'Init:CrashLoopBackOff',
      '0/1',
    ],
    [
      'with a sidecar',
      pod(sidecar, {
        phase: 'Running',
        initContainerStatuses: [{ ...running, name: 'i', started: true }],
        containerStatuses: [running],
      }),
      'Running',
      '2/2',
    ],
    [
      'half done',
      pod(
        { containers: [container, { name: 'b' }] },
        {
          phase: 'Running',
          conditions: [{ type: 'Ready', status: 'False' }],
          containerStatuses: [state({ state: ended(0, 'Completed') }), running],
        },
      ),
      'NotReady',
      '1/2',
    ],
  ])('%s', (_name, object, status, ready) => {
    const summary = podSummary(object);
    expect(summary.status).toBe(status);
    expect(`${summary.ready}/${summary.total}`).toBe(ready);
  });
});

it('shows restarts and when the last one was', () => {
  const crashed = state({
    ready: true,
    state: { running: {} },
    restartCount: 2,
    lastState: { terminated: { exitCode: 1, finishedAt: '1970-01-01T00:01:00Z' } },
  });
  const object = pod(
    { containers: [container], nodeName: 'n1' },
    { phase: 'Running', containerStatuses: [crashed], podIP: '127.1.129.2' },
    { creationTimestamp: '1970-01-01T00:00:00Z' },
  );
  expect(pods.columns?.map((column) => column.value(object, 180_000))).toEqual([
    'web',
    '1/1',
    'Running',
    '2 (2m ago)',
    '3m',
    '127.1.129.2',
    'n1',
    '<none>',
    '<none>',
  ]);
});
