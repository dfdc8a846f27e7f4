import { forbiddenField, formatTime, invalid, type FieldError } from '../../apimachinery/index.ts';
import type { Column, ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn, NONE } from '../columns.ts';
import { broken } from '../field-rules.ts';
import type { Pod, PodCondition } from '../generated/wire-types.ts';
import { withStatusOf } from '../status-rules.ts';
import { podDefaults } from './pod-defaults.ts';
import { podQosClass } from './pod-qos.ts';
import { podEphemeralContainers, podResize } from './pod-subresources.ts';
import { validatePodStatusUpdate } from './pod-status-validation.ts';
import { podSummary, restartsText } from './pod-summary.ts';
import { validatePodUpdate } from './pod-update-validation.ts';
import { podWarnings } from './pod-warnings.ts';
import { validatePodSpec } from './pod-validation.ts';

const wide = (name: string, description: string, value: (pod: Pod) => string): Column<Pod> => ({
  name,
  type: 'string',
  priority: 1,
  description,
  value,
});

const columns: readonly Column<Pod>[] = [
  nameColumn,
  {
    name: 'Ready',
    type: 'string',
    description: 'Containers that are ready, of all.',
    value: (pod) => {
      const { ready, total } = podSummary(pod);
      return `${ready}/${total}`;
    },
  },
  { name: 'Status', type: 'string', description: 'How it is, in one word.', value: (pod) => podSummary(pod).status },
  {
    name: 'Restarts',
    type: 'string',
    description: 'How often containers were started again, and when last.',
    value: (pod, now) => restartsText(podSummary(pod), now),
  },
  ageColumn,
  wide('IP', 'Its address.', ({ status }) => status?.podIPs?.[0]?.ip ?? status?.podIP ?? NONE),
  wide('Node', 'Where it runs.', ({ spec }) => spec?.nodeName ?? NONE),
  wide('Nominated Node', 'Where room is being made for it.', ({ status }) => status?.nominatedNodeName ?? NONE),
  wide('Readiness Gates', 'Conditions beside its containers that hold, of all.', readinessGates),
];

export const pods: ResourceDefinition<Pod> = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  schema: 'k8s.io/api/core/v1.Pod',
  subresources: [
    { type: 'status', name: 'status', validateUpdate: validatePodStatusUpdate },
    podEphemeralContainers,
    podResize,
  ],
  strategy: {
    defaults: podDefaults,
    prepareForCreate,
    prepareForUpdate: withStatusOf,
    validate,
    validateUpdate: validatePodUpdate,
    gracePeriodSeconds,
    warnings: podWarnings,
  },
  columns,
  fieldSelectors: {
    'spec.nodeName': ({ spec }) => spec?.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec?.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec?.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec?.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec?.hostNetwork ?? false),
    'status.phase': ({ status }) => status?.phase ?? '',
    'status.podIP': ({ status }) => status?.podIP ?? '',
    'status.podIPs': ({ status }) => (status?.podIPs ?? []).map(({ ip }) => ip).join(','),
    'status.nominatedNodeName': ({ status }) => status?.nominatedNodeName ?? '',
  },
};

function prepareForCreate(pod: Pod, { now }: { readonly now: number }): Pod {
  const { ephemeralContainers = [], schedulingGates = [], nodeName = '' } = pod.spec ?? {};
  const errors = broken(
    [ephemeralContainers.length > 0, forbiddenField('spec.ephemeralContainers', 'cannot be set on create')],
    [
      schedulingGates.length > 0 && nodeName !== '',
      forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'),
    ],
  );
  if (errors.length > 0) throw invalid(pods, pod.metadata.name ?? '', errors);
  const status = { phase: 'Pending', qosClass: podQosClass(pod) };
  return { ...pod, status: schedulingGates.length === 0 ? status : { ...status, conditions: [gated(now)] } };
}

function gated(now: number): PodCondition {
  return {
    type: 'PodScheduled',
    status: 'False',
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
    lastTransitionTime: formatTime(now),
  };
}

function validate(pod: Pod): readonly FieldError[] {
  return validatePodSpec('spec', pod.spec);
}

/** What runs nowhere, or has run to its end, need not be waited for. */
function gracePeriodSeconds({ spec, status }: Pod, requested: number | undefined): number {
  const isScheduled = (spec?.nodeName ?? '') !== '';
  const isFinished = status?.phase === 'Failed' || status?.phase === 'Succeeded';
  if (!isScheduled || isFinished) return 0;
  const seconds = requested ?? spec?.terminationGracePeriodSeconds ?? 0;
  return seconds < 0 ? 1 : seconds;
}

function readinessGates({ spec, status }: Pod): string {
  const gates = spec?.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  const isTrue = (type: string) => status?.conditions?.some((each) => each.type === type && each.status === 'True');
  const open = gates.filter(({ conditionType }) => isTrue(conditionType) === true);
  return `${open.length}/${gates.length}`;
}
