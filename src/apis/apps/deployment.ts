import { forbiddenField, invalidValue, required, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn, selectorColumn, templateColumns } from '../columns.ts';
import { templateDefaults } from '../core/pod-defaults.ts';
import { immutable, nonNegative, oneOf } from '../field-rules.ts';
import type { Deployment, DeploymentSpec, DeploymentStrategy } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { withoutStatus, withStatusOf } from '../status-rules.ts';
import { isZero, notAboveHundredPercent, validIntOrPercent } from './rolling-update-validation.ts';
import { scaleSubresource } from './scale.ts';
import { validateWorkload } from './template-validation.ts';

export const deployments: ResourceDefinition<Deployment> = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  schema: 'k8s.io/api/apps/v1.Deployment',
  subresources: [{ type: 'status', name: 'status', prepareForUpdate: withStatusAndNotes }, scaleSubresource()],
  strategy: {
    defaults,
    prepareForCreate: withoutStatus,
    prepareForUpdate: withStatusOf,
    validate,
    validateUpdate: (object, old) => immutable('spec.selector', object.spec?.selector, old.spec?.selector),
  },
  columns: [
    nameColumn,
    {
      name: 'Ready',
      type: 'string',
      description: 'Pods that are ready, of those wanted.',
      value: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    },
    {
      name: 'Up-to-date',
      type: 'string',
      description: 'Pods of the present template.',
      value: ({ status }) => status?.updatedReplicas ?? 0,
    },
    {
      name: 'Available',
      type: 'string',
      description: 'Pods that have been ready for long enough.',
      value: ({ status }) => status?.availableReplicas ?? 0,
    },
    ageColumn,
    ...templateColumns<Deployment>(({ spec }) => spec?.template),
    selectorColumn(({ spec }) => spec?.selector),
  ],
};

const SHARE = '25%';

/** Of a Deployment a report may change annotations beside the status, and no labels, unlike that of other kinds. */
function withStatusAndNotes({ metadata, status }: Deployment, old: Deployment): Deployment {
  const { annotations: _annotations, ...kept } = old.metadata;
  const { annotations } = metadata;
  return withStatusOf(
    { ...old, metadata: { ...kept, ...(annotations === undefined ? {} : { annotations }) } },
    status === undefined ? withoutStatus(old) : { ...old, status },
  );
}

function defaults(deployment: Deployment): Deployment {
  const { spec } = deployment;
  if (spec === undefined) return deployment;
  return {
    ...deployment,
    spec: {
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
      strategy: strategyDefaults(spec.strategy ?? {}),
      template: templateDefaults(spec.template),
    },
  };
}

function strategyDefaults(strategy: DeploymentStrategy): DeploymentStrategy {
  const { type = 'RollingUpdate', rollingUpdate } = strategy;
  if (type !== 'RollingUpdate') return { ...strategy, type };
  return { ...strategy, type, rollingUpdate: { maxUnavailable: SHARE, maxSurge: SHARE, ...rollingUpdate } };
}

function validate({ spec }: Deployment): readonly FieldError[] {
  const { strategy, minReadySeconds = 0, progressDeadlineSeconds, ...sent }: Partial<DeploymentSpec> = spec ?? {};
  const { selector, template } = sent;
  const isTooSoon = progressDeadlineSeconds !== undefined && progressDeadlineSeconds <= minReadySeconds;
  return [
    ...nonNegative('spec.replicas', sent.replicas),
    ...validateWorkload({ noun: 'deployment', selector, template }),
    ...validateStrategy('spec.strategy', strategy ?? {}),
    ...nonNegative('spec.minReadySeconds', minReadySeconds),
    ...nonNegative('spec.revisionHistoryLimit', sent.revisionHistoryLimit),
    ...nonNegative('spec.progressDeadlineSeconds', progressDeadlineSeconds),
    ...(isTooSoon
      ? [invalidValue('spec.progressDeadlineSeconds', progressDeadlineSeconds, 'must be greater than minReadySeconds')]
      : []),
  ];
}

function validateStrategy(field: string, { type, rollingUpdate }: Sent<DeploymentStrategy>): readonly FieldError[] {
  const errors = [...oneOf(`${field}.type`, type, ['Recreate', 'RollingUpdate'])];
  if (type === 'Recreate') {
    if (rollingUpdate === undefined) return errors;
    return [
      ...errors,
      forbiddenField(`${field}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'"),
    ];
  }
  if (rollingUpdate === undefined)
    return [...errors, required(`${field}.rollingUpdate`, 'this should be defaulted and never be nil')];
  const { maxSurge, maxUnavailable } = rollingUpdate;
  const where = `${field}.rollingUpdate.maxUnavailable`;
  return [
    ...errors,
    ...validIntOrPercent(where, maxUnavailable),
    ...notAboveHundredPercent(where, maxUnavailable),
    ...validIntOrPercent(`${field}.rollingUpdate.maxSurge`, maxSurge),
    ...(isZero(maxSurge) && isZero(maxUnavailable)
      ? [invalidValue(where, maxUnavailable, 'may not be 0 when `maxSurge` is 0')]
      : []),
  ];
}
