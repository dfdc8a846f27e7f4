import type { FieldError, KubeObject } from '../../src/apimachinery/index.ts';
import { ageColumn, nameColumn } from '../../src/apis/index.ts';
import type { Column, ResourceDefinition } from '../../src/apiserver/index.ts';
import type { OverridePolicy } from './override-policy.ts';
import { validateOverridePolicy } from './override-policy-validation.ts';
import type { Placement, PlacementPolicy, ReplicaScheduling } from './placement-policy.ts';
import { validatePlacementPolicy } from './placement-policy-validation.ts';
import { policySchema } from './policy-schemas.ts';

export const POLICY_GROUP = 'policy.koinon.dev';

type Policy = KubeObject & {
  readonly spec?: { readonly priority?: number };
  readonly status?: { readonly objects?: number };
};

interface PolicyKind<T extends Policy> {
  readonly kind: string;
  readonly shortName: string;
  readonly namespaced: boolean;
  readonly defaults?: (policy: T) => T;
  readonly validate: (policy: T) => readonly FieldError[];
  readonly warnings?: (policy: T) => readonly string[];
  /** How many of its objects are not as it asks. */
  readonly trouble: Column<T>;
}

function definitionOf<T extends Policy>(about: PolicyKind<T>): ResourceDefinition<T> {
  const { kind, shortName, namespaced, defaults, validate, warnings, trouble } = about;
  const singular = kind.toLowerCase();
  return {
    group: POLICY_GROUP,
    version: 'v1alpha1',
    kind,
    plural: singular.replace(/y$/, 'ies'),
    singular,
    shortNames: [shortName],
    categories: ['federation'],
    namespaced,
    schema: policySchema(kind),
    columns: [
      nameColumn,
      {
        name: 'Priority',
        type: 'integer',
        description: 'The highest decides.',
        value: ({ spec }) => spec?.priority ?? 0,
      },
      {
        name: 'Objects',
        type: 'integer',
        description: 'Objects that it decides about.',
        value: ({ status }) => status?.objects ?? 0,
      },
      trouble,
      ageColumn,
    ],
    strategy: {
      ...(defaults === undefined ? {} : { defaults }),
      prepareForCreate: (policy) => withStatusOf(policy, undefined),
      prepareForUpdate: (policy, old) => withStatusOf(policy, old.status),
      validate,
      ...(warnings === undefined ? {} : { warnings }),
    },
    subresources: [
      {
        type: 'status',
        name: 'status',
        prepareForUpdate: (policy, { spec }) => ({ ...policy, ...(spec === undefined ? {} : { spec }) }),
      },
    ],
  };
}

function withStatusOf<T extends Policy>(policy: T, status: Policy['status']): T {
  const { status: _ignored, ...rest } = policy;
  // @NOTE the rest of a T, and a status that an old T had or none at all.
  return (status === undefined ? rest : { ...rest, status }) as T;
}

const placement = {
  defaults: withPlacementDefaults,
  validate: validatePlacementPolicy,
  warnings: undividedKinds,
  trouble: {
    name: 'Unplaced',
    type: 'integer',
    description: 'Objects that cannot be placed as it asks.',
    value: ({ status }) => status?.unplaced ?? 0,
  },
} as const satisfies Partial<PolicyKind<PlacementPolicy>>;

const override = {
  validate: validateOverridePolicy,
  trouble: {
    name: 'Failed',
    type: 'integer',
    description: 'Objects that it would make invalid somewhere.',
    value: ({ status }) => status?.failed ?? 0,
  },
} as const satisfies Partial<PolicyKind<OverridePolicy>>;

export const placementPolicies = definitionOf<PlacementPolicy>({
  kind: 'PlacementPolicy',
  shortName: 'pp',
  namespaced: true,
  ...placement,
});

export const clusterPlacementPolicies = definitionOf<PlacementPolicy>({
  kind: 'ClusterPlacementPolicy',
  shortName: 'cpp',
  namespaced: false,
  ...placement,
});

export const overridePolicies = definitionOf<OverridePolicy>({
  kind: 'OverridePolicy',
  shortName: 'op',
  namespaced: true,
  ...override,
});

export const clusterOverridePolicies = definitionOf<OverridePolicy>({
  kind: 'ClusterOverridePolicy',
  shortName: 'cop',
  namespaced: false,
  ...override,
});

const DIVIDED: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet', 'Job', 'CronJob', 'StatefulSet']);

/** Of all other kinds every cluster has the whole. */
function undividedKinds({ spec }: PlacementPolicy): readonly string[] {
  if (spec?.placement?.replicaScheduling === undefined) return [];
  const kinds = new Set(spec.resourceSelectors.map(({ kind }) => kind));
  return [...kinds]
    .filter((kind) => !DIVIDED.has(kind))
    .map((kind) => `spec.placement.replicaScheduling: has no meaning for a ${kind}: its replicas are not divided`);
}

function withPlacementDefaults(policy: PlacementPolicy): PlacementPolicy {
  const { spec } = policy;
  const { placement: wanted } = spec ?? {};
  if (spec === undefined || wanted === undefined) return policy;
  return { ...policy, spec: { ...spec, placement: placementWithDefaults(wanted) } };
}

function placementWithDefaults(wanted: Placement): Placement {
  const { spreadConstraints, replicaScheduling } = wanted;
  return {
    ...wanted,
    ...(spreadConstraints === undefined
      ? {}
      : { spreadConstraints: spreadConstraints.map((constraint) => ({ minGroups: 1, ...constraint })) }),
    ...(replicaScheduling === undefined ? {} : { replicaScheduling: schedulingWithDefaults(replicaScheduling) }),
  };
}

/** What there is room for changes all the time: by that alone nothing that runs is moved. */
function schedulingWithDefaults(scheduling: ReplicaScheduling): ReplicaScheduling {
  const replicaSchedulingType = scheduling.replicaSchedulingType ?? 'Divided';
  if (replicaSchedulingType === 'Duplicated') return { ...scheduling, replicaSchedulingType };
  const maxMoving = scheduling.weightPreference?.dynamicWeight === undefined ? '25%' : 0;
  return { ...scheduling, replicaSchedulingType, rebalance: { maxMoving, ...scheduling.rebalance } };
}
