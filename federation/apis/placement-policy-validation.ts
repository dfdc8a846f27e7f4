import {
  duplicate,
  forbiddenField,
  invalidValue,
  required,
  type FieldError,
  type IntOrString,
} from '../../src/apimachinery/index.ts';
import { broken, nonNegative, oneOf, validateTolerations, within } from '../../src/apis/index.ts';
import type {
  ClusterWeight,
  NamedClusterAffinity,
  Placement,
  PlacementPolicy,
  ReplicaScheduling,
  SpreadConstraint,
} from './placement-policy.ts';
import { validateAffinity, validateResourceSelectors } from './selector-validation.ts';

/** Larger ones would make the products by which shares are compared inexact. */
export const MAX_WEIGHT = 1_000_000;

export function validatePlacementPolicy({ metadata, spec }: PlacementPolicy): readonly FieldError[] {
  if (spec === undefined) return [required('spec')];
  return [
    ...validateResourceSelectors('spec.resourceSelectors', spec.resourceSelectors, metadata.namespace),
    ...validatePlacement('spec.placement', spec.placement ?? {}),
  ];
}

function validatePlacement(path: string, placement: Placement): readonly FieldError[] {
  const { clusterAffinity, clusterAffinities = [], clusterTolerations = [], spreadConstraints = [] } = placement;
  return [
    ...broken([
      clusterAffinity !== undefined && clusterAffinities.length > 0,
      forbiddenField(`${path}.clusterAffinities`, 'may not be set together with `clusterAffinity`'),
    ]),
    ...validateAffinity(`${path}.clusterAffinity`, clusterAffinity),
    ...validateGroups(`${path}.clusterAffinities`, clusterAffinities),
    ...validateTolerations(`${path}.clusterTolerations`, clusterTolerations),
    ...validateSpread(`${path}.spreadConstraints`, spreadConstraints),
    ...validateScheduling(`${path}.replicaScheduling`, placement.replicaScheduling),
  ];
}

function validateGroups(path: string, groups: readonly NamedClusterAffinity[]): readonly FieldError[] {
  const names = groups.map(({ affinityName }) => affinityName);
  return groups.flatMap((group, index) => [
    ...broken(
      [group.affinityName === '', required(`${path}[${index}].affinityName`)],
      [names.indexOf(group.affinityName) < index, duplicate(`${path}[${index}].affinityName`, group.affinityName)],
    ),
    ...validateAffinity(`${path}[${index}]`, group),
  ]);
}

function validateSpread(path: string, constraints: readonly SpreadConstraint[]): readonly FieldError[] {
  const fields = constraints.map(({ spreadByField }) => spreadByField);
  const most = constraints.find(({ spreadByField }) => spreadByField === 'cluster')?.maxGroups ?? Infinity;
  return constraints.flatMap(({ spreadByField, minGroups = 1, maxGroups }, index) => {
    const at = `${path}[${index}]`;
    return [
      ...oneOf(`${at}.spreadByField`, spreadByField, ['region', 'zone', 'cluster']),
      ...nonNegative(`${at}.minGroups`, minGroups),
      ...broken(
        [fields.indexOf(spreadByField) < index, duplicate(`${at}.spreadByField`, spreadByField)],
        [maxGroups !== undefined && maxGroups < 1, invalidValue(`${at}.maxGroups`, maxGroups, 'must be at least 1')],
        [
          maxGroups !== undefined && maxGroups >= 1 && maxGroups < minGroups,
          invalidValue(`${at}.maxGroups`, maxGroups, 'must not be less than `minGroups`'),
        ],
        [
          spreadByField === 'region' && minGroups > most,
          invalidValue(`${at}.minGroups`, minGroups, `${most} clusters are never in so many regions`),
        ],
      ),
    ];
  });
}

function validateScheduling(path: string, scheduling: ReplicaScheduling | undefined): readonly FieldError[] {
  if (scheduling === undefined) return [];
  const { replicaSchedulingType, weightPreference, rebalance } = scheduling;
  const weights = weightPreference?.staticWeightList ?? [];
  const dynamic = weightPreference?.dynamicWeight;
  const isDuplicated = replicaSchedulingType === 'Duplicated';
  return [
    ...oneOf(`${path}.replicaSchedulingType`, replicaSchedulingType, ['Duplicated', 'Divided']),
    ...oneOf(`${path}.weightPreference.dynamicWeight`, dynamic, ['AvailableReplicas']),
    ...broken(
      [
        isDuplicated && weightPreference !== undefined,
        forbiddenField(`${path}.weightPreference`, 'there is nothing to divide where replicas are Duplicated'),
      ],
      [
        isDuplicated && rebalance !== undefined,
        forbiddenField(`${path}.rebalance`, 'there is nothing to move where replicas are Duplicated'),
      ],
      [
        weights.length > 0 && dynamic !== undefined,
        forbiddenField(`${path}.weightPreference.dynamicWeight`, 'may not be set together with `staticWeightList`'),
      ],
    ),
    ...weights.flatMap((weight, index) =>
      validateWeight(`${path}.weightPreference.staticWeightList[${index}]`, weight),
    ),
    ...validateMoving(`${path}.rebalance.maxMoving`, rebalance?.maxMoving),
  ];
}

function validateWeight(path: string, entry: ClusterWeight): readonly FieldError[] {
  const { targetCluster, weight, minReplicas = 0, maxReplicas } = entry;
  return [
    ...validateAffinity(`${path}.targetCluster`, targetCluster),
    ...within(`${path}.weight`, weight, [0, MAX_WEIGHT]),
    ...nonNegative(`${path}.minReplicas`, minReplicas),
    ...nonNegative(`${path}.maxReplicas`, maxReplicas),
    ...broken([
      maxReplicas !== undefined && maxReplicas < minReplicas,
      invalidValue(`${path}.maxReplicas`, maxReplicas, 'must not be less than `minReplicas`'),
    ]),
  ];
}

function validateMoving(path: string, value: IntOrString | undefined): readonly FieldError[] {
  if (typeof value === 'number') return nonNegative(path, value);
  const isPercentage = value === undefined || /^(100|\d{1,2})%$/.test(value);
  return isPercentage ? [] : [invalidValue(path, value, 'must be a whole number or a percentage up to 100%')];
}
