import { deepEqual, forbiddenField, invalidValue, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn, templateColumns } from '../columns.ts';
import { claimSpecDefaults } from '../core/claim-defaults.ts';
import { templateDefaults } from '../core/pod-defaults.ts';
import { broken, nonNegative, oneOf } from '../field-rules.ts';
import type {
  PersistentVolumeClaim,
  PodTemplateSpec,
  RollingUpdateStatefulSetStrategy,
  StatefulSet,
  StatefulSetSpec,
} from '../generated/wire-types.ts';
import { sent } from '../sent.ts';
import { withStatusOf } from '../status-rules.ts';
import { isZero, notAboveHundredPercent, validIntOrPercent } from './rolling-update-validation.ts';
import { scaleSubresource } from './scale.ts';
import { validateWorkload } from './template-validation.ts';

export const statefulSets: ResourceDefinition<StatefulSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  singular: 'statefulset',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  schema: 'k8s.io/api/apps/v1.StatefulSet',
  subresources: [{ type: 'status', name: 'status' }, scaleSubresource()],
  strategy: {
    defaults,
    prepareForCreate: (object) => ({ ...object, status: { replicas: 0 } }),
    prepareForUpdate: withStatusOf,
    validate,
    validateUpdate,
  },
  columns: [
    nameColumn,
    {
      name: 'Ready',
      type: 'string',
      description: 'Pods that are ready, of those wanted.',
      value: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    },
    ageColumn,
    ...templateColumns<StatefulSet>(({ spec }) => spec?.template),
  ],
};

function defaults(statefulSet: StatefulSet): StatefulSet {
  const { spec } = statefulSet;
  if (spec === undefined) return statefulSet;
  const { type = 'RollingUpdate', rollingUpdate } = spec.updateStrategy ?? {};
  return {
    ...statefulSet,
    spec: {
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      revisionHistoryLimit: 10,
      ...spec,
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: 'Retain',
        whenScaled: 'Retain',
        ...spec.persistentVolumeClaimRetentionPolicy,
      },
      updateStrategy:
        type === 'RollingUpdate'
          ? { type, rollingUpdate: { partition: 0, maxUnavailable: 1, ...rollingUpdate } }
          : { type },
      template: templateDefaults(spec.template),
      ...(spec.volumeClaimTemplates === undefined
        ? {}
        : { volumeClaimTemplates: spec.volumeClaimTemplates.map(claimTemplateDefaults) }),
    },
  };
}

function claimTemplateDefaults(claim: PersistentVolumeClaim): PersistentVolumeClaim {
  return {
    ...claim,
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    spec: claimSpecDefaults(claim.spec ?? {}),
    status: { phase: 'Pending' },
  };
}

const POLICIES = ['Delete', 'Retain'];

function validate({ spec }: StatefulSet): readonly FieldError[] {
  const { selector, template, updateStrategy, ...rest }: Partial<StatefulSetSpec> = spec ?? {};
  return [
    ...oneOf('spec.podManagementPolicy', rest.podManagementPolicy, ['OrderedReady', 'Parallel']),
    ...oneOf('spec.updateStrategy.type', updateStrategy?.type, ['OnDelete', 'RollingUpdate']),
    ...validateRollingUpdate('spec.updateStrategy.rollingUpdate', updateStrategy?.rollingUpdate ?? {}),
    ...nonNegative('spec.replicas', rest.replicas),
    ...nonNegative('spec.minReadySeconds', rest.minReadySeconds),
    ...nonNegative('spec.ordinals.start', rest.ordinals?.start),
    ...nonNegative('spec.revisionHistoryLimit', rest.revisionHistoryLimit),
    ...oneOf(
      'spec.persistentVolumeClaimRetentionPolicy.whenDeleted',
      rest.persistentVolumeClaimRetentionPolicy?.whenDeleted,
      POLICIES,
    ),
    ...oneOf(
      'spec.persistentVolumeClaimRetentionPolicy.whenScaled',
      rest.persistentVolumeClaimRetentionPolicy?.whenScaled,
      POLICIES,
    ),
    ...validateWorkload({ noun: 'statefulset', selector, template: withClaims(template, rest.volumeClaimTemplates) }),
  ];
}

/** The template with the volumes that its pods will have of the set's claims. */
function withClaims(
  template: PodTemplateSpec | undefined,
  claims: readonly PersistentVolumeClaim[] = [],
): PodTemplateSpec | undefined {
  if (template?.spec === undefined) return template;
  const { volumes = [] } = template.spec;
  const own = claims.flatMap((claim) => {
    const name = sent(claim).metadata?.name;
    if (name === undefined || volumes.some((volume) => volume.name === name)) return [];
    return [{ name, persistentVolumeClaim: { claimName: name } }];
  });
  return own.length === 0 ? template : { ...template, spec: { ...template.spec, volumes: [...volumes, ...own] } };
}

function validateRollingUpdate(
  field: string,
  { partition, maxUnavailable }: RollingUpdateStatefulSetStrategy,
): readonly FieldError[] {
  const where = `${field}.maxUnavailable`;
  return [
    ...nonNegative(`${field}.partition`, partition),
    ...validIntOrPercent(where, maxUnavailable),
    ...broken([
      maxUnavailable !== undefined && isZero(maxUnavailable),
      invalidValue(where, maxUnavailable, 'cannot be 0'),
    ]),
    ...notAboveHundredPercent(where, maxUnavailable),
  ];
}

const MAY_CHANGE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;

function validateUpdate({ spec }: StatefulSet, { spec: old }: StatefulSet): readonly FieldError[] {
  const fixed = (of: Partial<StatefulSetSpec> = {}) =>
    Object.entries(of).filter(([field]) => !MAY_CHANGE.some((name) => name === field));
  if (deepEqual(Object.fromEntries(fixed(spec)), Object.fromEntries(fixed(old)))) return [];
  const names = MAY_CHANGE.map((name) => `'${name}'`);
  const list = `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
  return [forbiddenField('spec', `updates to statefulset spec for fields other than ${list} are forbidden`)];
}
