import { expect, it } from 'vitest';
import { daemonSets } from './apps/daemon-set.ts';
import { statefulSets } from './apps/stateful-set.ts';
import { horizontalPodAutoscalers } from './autoscaling/horizontal-pod-autoscaler.ts';
import { cronJobs } from './batch/cron-job.ts';
import { jobs } from './batch/job.ts';
import { leases } from './coordination/lease.ts';
import { endpointSlices } from './discovery/endpoint-slice.ts';
import type { CronJob, DaemonSet, HorizontalPodAutoscaler, Ingress, Job, StatefulSet } from './generated/wire-types.ts';
import { ingresses } from './networking/ingress.ts';
import { podDisruptionBudgets } from './policy/pod-disruption-budget.ts';

const metadata = { name: 'a', namespace: 'x', uid: 'u', creationTimestamp: '1970-01-01T00:00:00Z' };
const context = { user: { username: '', groups: [] }, now: 0 };
const labels = { app: 'a' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i:1' }] } };
const texts = (errors: readonly { field: string; message: string }[] | undefined) =>
  (errors ?? []).map(({ field, message }) => `${field}: ${message}`);

it('a Job finds its own pods, ends, and shows how far it is', () => {
  const job: Job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } },
  };
  const created = jobs.strategy.prepareForCreate?.(jobs.strategy.defaults?.(job) ?? job, context) ?? job;
  expect(created.spec).toMatchObject({
    completions: 1,
    parallelism: 1,
    backoffLimit: 6,
    selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } },
    template: { metadata: { labels: { 'job-name': 'a', 'controller-uid': 'u' } } },
  });
  expect(jobs.strategy.validate?.(created)).toEqual([]);
  expect(texts(jobs.strategy.validate?.({ ...job, spec: { template } }))).toContain(
    'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
  );
  expect(
    texts(jobs.strategy.validateUpdate?.({ ...created, spec: { ...created.spec, template } }, created))[0],
  ).toMatch(/^spec.template: .*field is immutable$/);
  const done = {
    ...created,
    status: {
      succeeded: 1,
      startTime: metadata.creationTimestamp,
      completionTime: '1970-01-01T00:00:09Z',
      conditions: [{ type: 'Complete', status: 'True' }],
    },
  };
  expect(jobs.columns?.slice(1, 5).map((column) => column.value(done, 60_000))).toEqual([
    'Complete',
    '1/1',
    '9s',
    '60s',
  ]);
  expect(jobs.columns?.[1]?.value(created, 0)).toBe('Running');
  expect(jobs.strategy.defaultPropagation).toBe('Orphan');
});

it.each([
  ['*/5 * * * *', []],
  ['@hourly', []],
  ['* *', ['spec.schedule: Invalid value: "* *": expected exactly 5 fields, found 2: [* *]']],
  ['', ['spec.schedule: Required value']],
])('a CronJob scheduled %j', (schedule, expected) => {
  const cronJob: CronJob = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata,
    spec: { schedule, jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } } },
  };
  const defaulted = cronJobs.strategy.defaults?.(cronJob) ?? cronJob;
  expect(texts(cronJobs.strategy.validate?.(defaulted))).toEqual(expected);
  expect(cronJobs.columns?.slice(1, 7).map((column) => column.value(defaulted, 0))).toEqual([
    schedule,
    '<none>',
    'False',
    0,
    '<none>',
    '0s',
  ]);
});

it('a DaemonSet shows its nodes and cannot surge and be short at once', () => {
  const daemonSet: DaemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata,
    spec: { selector: { matchLabels: labels }, template },
  };
  const created = daemonSets.strategy.defaults?.(daemonSet) ?? daemonSet;
  expect(daemonSets.strategy.validate?.(created)).toEqual([]);
  expect(daemonSets.columns?.map((column) => column.value(created, 0))).toEqual([
    'a',
    0,
    0,
    0,
    0,
    0,
    '<none>',
    '0s',
    'c',
    'i:1',
    'app=a',
  ]);
  const both = {
    ...daemonSet,
    spec: {
      ...created.spec,
      selector: { matchLabels: labels },
      template,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
    },
  };
  expect(texts(daemonSets.strategy.validate?.(daemonSets.strategy.defaults?.(both) ?? both))).toEqual([
    'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
  ]);
});

it('a StatefulSet changes only what its pods can follow', () => {
  const statefulSet: StatefulSet = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: { serviceName: 's', selector: { matchLabels: labels }, template },
  };
  const created = statefulSets.strategy.defaults?.(statefulSet) ?? statefulSet;
  expect(statefulSets.strategy.validate?.(created)).toEqual([]);
  const spec = { selector: { matchLabels: labels }, template, ...created.spec };
  expect(statefulSets.strategy.validateUpdate?.({ ...created, spec: { ...spec, replicas: 5 } }, created)).toEqual([]);
  expect(
    texts(statefulSets.strategy.validateUpdate?.({ ...created, spec: { ...spec, serviceName: 't' } }, created)),
  ).toEqual([
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
  ]);
});

it('the containers of a StatefulSet may mount its claims', () => {
  const mounts = (name: string): StatefulSet => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: {
      selector: { matchLabels: labels },
      template: {
        ...template,
        spec: { containers: [{ name: 'c', image: 'i', volumeMounts: [{ name, mountPath: '/data' }] }] },
      },
      volumeClaimTemplates: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  });
  const problems = (set: StatefulSet) =>
    texts(statefulSets.strategy.validate?.(statefulSets.strategy.defaults?.(set) ?? set));
  expect(problems(mounts('data'))).toEqual([]);
  expect(problems(mounts('other'))).toEqual([
    'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "other"',
  ]);
});

it.each([
  [0, 'Invalid value: 0: cannot be 0'],
  ['0%', 'Invalid value: "0%": cannot be 0'],
  ['101%', 'Invalid value: "101%": must not be greater than 100%'],
])('a StatefulSet may not have maxUnavailable %j', (maxUnavailable, problem) => {
  const statefulSet: StatefulSet = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: { selector: { matchLabels: labels }, template, updateStrategy: { rollingUpdate: { maxUnavailable } } },
  };
  expect(texts(statefulSets.strategy.validate?.(statefulSets.strategy.defaults?.(statefulSet) ?? statefulSet))).toEqual(
    [`spec.updateStrategy.rollingUpdate.maxUnavailable: ${problem}`],
  );
});

it('an autoscaler measures CPU unless told otherwise', () => {
  const autoscaler: HorizontalPodAutoscaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata,
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 5 },
  };
  const created = horizontalPodAutoscalers.strategy.defaults?.(autoscaler) ?? autoscaler;
  expect(horizontalPodAutoscalers.columns?.map((column) => column.value(created, 0))).toEqual([
    'a',
    'Deployment/web',
    'cpu: <unknown>/80%',
    '1',
    5,
    0,
    '0s',
  ]);
  expect(
    texts(horizontalPodAutoscalers.strategy.validate?.({ ...created, spec: { ...created.spec, minReplicas: 9 } })),
  ).toEqual(['spec.maxReplicas: Invalid value: 5: must be greater than or equal to `minReplicas`']);
});

it('a PodDisruptionBudget says one of two things', () => {
  const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec: { minAvailable: '50%' } };
  expect(podDisruptionBudgets.strategy.validate?.(budget)).toEqual([]);
  expect(podDisruptionBudgets.columns?.map((column) => column.value(budget, 0))).toEqual(['a', '50%', 'N/A', 0, '0s']);
  expect(
    podDisruptionBudgets.strategy.validate?.({ ...budget, spec: { minAvailable: 1, maxUnavailable: 1 } }),
  ).toHaveLength(1);
});

it('an Ingress has rules and shows its hosts', () => {
  const backend = { service: { name: 'web', port: { number: 80 } } };
  const ingress: Ingress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata,
    spec: { rules: [{ host: 'a.b', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
  };
  expect(ingresses.strategy.validate?.(ingress)).toEqual([]);
  expect(ingresses.columns?.map((column) => column.value(ingress, 0))).toEqual(['a', '<none>', 'a.b', '', '80', '0s']);
  expect(texts(ingresses.strategy.validate?.({ ...ingress, spec: {} }))).toEqual([
    'spec: Invalid value: null: either `defaultBackend` or `rules` must be specified',
  ]);
  expect(
    texts(ingresses.strategy.validate?.({ ...ingress, spec: { defaultBackend: { service: { name: 'web' } } } })),
  ).toEqual(['spec.defaultBackend: Required value: port name or number is required']);
});

it('an EndpointSlice holds addresses of its one type', () => {
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata,
    addressType: 'IPv4',
    endpoints: [{ addresses: ['1.1.1.1'] }],
    ports: [{ port: 80 }],
  };
  const created = endpointSlices.strategy.defaults?.(slice) ?? slice;
  expect(endpointSlices.strategy.validate?.(created)).toEqual([]);
  expect(endpointSlices.columns?.map((column) => column.value(created, 0))).toEqual([
    'a',
    'IPv4',
    '80',
    '1.1.1.1',
    '0s',
  ]);
  expect(
    endpointSlices.columns?.slice(2, 4).map((column) => column.value({ ...slice, endpoints: [], ports: [] }, 0)),
  ).toEqual(['<unset>', '<unset>']);
  expect(
    texts(endpointSlices.strategy.validate?.({ ...created, endpoints: [{ addresses: ['::1'] }, { addresses: [] }] })),
  ).toEqual([
    'endpoints[0].addresses[0]: Invalid value: "::1": must be an IPv4 address',
    'endpoints[1].addresses: Required value: must contain at least 1 address',
  ]);
  expect(endpointSlices.strategy.validateUpdate?.({ ...slice, addressType: 'IPv6' }, slice)).toHaveLength(1);
});

it('a Lease lasts a while', () => {
  const lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata,
    spec: { holderIdentity: 'me', leaseDurationSeconds: 0 },
  };
  expect(texts(leases.strategy.validate?.(lease))).toEqual([
    'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
  ]);
  expect(leases.columns?.map((column) => column.value(lease, 0))).toEqual(['a', 'me', '0s']);
});
