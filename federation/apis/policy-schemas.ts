import type { FieldSchema, FieldType, TypeSchema } from '../../src/apimachinery/index.ts';

const GROUP = 'dev.koinon/policy.koinon.dev/v1alpha1.';

export const policySchema = (kind: string) => `${GROUP}${kind}`;

const text: FieldType = { kind: 'string' };
const number: FieldType = { kind: 'int32' };
const selector: FieldType = { kind: 'ref', name: 'k8s.io/apimachinery/pkg/apis/meta/v1.LabelSelector' };
const own = (name: string): FieldType => ({ kind: 'ref', name: policySchema(name) });
const listOf = (items: FieldType): FieldType => ({ kind: 'list', items });
const keyed = (key: string) => ({ listType: 'map', listMapKeys: [key] }) as const;
const atomic = { listType: 'atomic' } as const;

function field(name: string, type: FieldType, facts: Partial<FieldSchema> = {}): FieldSchema {
  return { name, type, number: 0, pointer: false, omitEmpty: true, inline: false, required: false, ...facts };
}

const always = { omitEmpty: false, required: true } as const;
const pointer = { pointer: true } as const;

function typeOf(name: string, ...fields: readonly FieldSchema[]): TypeSchema {
  return { name: policySchema(name), fields };
}

function kindOf(name: string, spec: string, status: string): TypeSchema {
  return typeOf(
    name,
    field('kind', text),
    field('apiVersion', text),
    field('metadata', { kind: 'ref', name: 'k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta' }),
    field('spec', own(spec), { required: true }),
    field('status', own(status)),
  );
}

const affinityFields: readonly FieldSchema[] = [
  field('clusterNames', listOf(text), atomic),
  field('exclude', listOf(text), atomic),
  field('labelSelector', selector, pointer),
  field('fieldSelector', own('ClusterFieldSelector'), pointer),
];

const operation = [field('operator', text, always)] as const;
const ofContainer = [field('containerName', text, always), ...operation] as const;

export const policySchemas: readonly TypeSchema[] = [
  kindOf('PlacementPolicy', 'PlacementPolicySpec', 'PlacementPolicyStatus'),
  kindOf('ClusterPlacementPolicy', 'PlacementPolicySpec', 'PlacementPolicyStatus'),
  kindOf('OverridePolicy', 'OverridePolicySpec', 'OverridePolicyStatus'),
  kindOf('ClusterOverridePolicy', 'OverridePolicySpec', 'OverridePolicyStatus'),
  typeOf(
    'PlacementPolicySpec',
    field('resourceSelectors', listOf(own('ResourceSelector')), { ...always, ...atomic }),
    field('priority', number),
    field('propagateDeps', { kind: 'boolean' }),
    field('placement', own('Placement')),
  ),
  typeOf(
    'ResourceSelector',
    field('apiVersion', text, always),
    field('kind', text, always),
    field('namespace', text),
    field('name', text),
    field('labelSelector', selector, pointer),
  ),
  typeOf(
    'Placement',
    field('clusterAffinity', own('ClusterAffinity'), pointer),
    field('clusterAffinities', listOf(own('NamedClusterAffinity')), keyed('affinityName')),
    field('clusterTolerations', listOf({ kind: 'ref', name: 'k8s.io/api/core/v1.Toleration' }), atomic),
    field('spreadConstraints', listOf(own('SpreadConstraint')), keyed('spreadByField')),
    field('replicaScheduling', own('ReplicaScheduling'), pointer),
  ),
  typeOf('ClusterAffinity', ...affinityFields),
  typeOf('NamedClusterAffinity', field('affinityName', text, always), ...affinityFields),
  typeOf('ClusterFieldSelector', field('matchExpressions', listOf(own('ClusterFieldRequirement')), atomic)),
  typeOf(
    'ClusterFieldRequirement',
    field('key', text, always),
    field('operator', text, always),
    field('values', listOf(text), atomic),
  ),
  typeOf(
    'SpreadConstraint',
    field('spreadByField', text, always),
    field('minGroups', number),
    field('maxGroups', number),
  ),
  typeOf(
    'ReplicaScheduling',
    field('replicaSchedulingType', text),
    field('weightPreference', own('WeightPreference'), pointer),
    field('rebalance', own('Rebalance'), pointer),
  ),
  typeOf(
    'WeightPreference',
    field('staticWeightList', listOf(own('ClusterWeight')), atomic),
    field('dynamicWeight', text),
  ),
  typeOf(
    'ClusterWeight',
    field('targetCluster', own('ClusterAffinity'), pointer),
    field('weight', number, always),
    field('minReplicas', number),
    field('maxReplicas', number, pointer),
  ),
  typeOf('Rebalance', field('maxMoving', { kind: 'intOrString' }, pointer)),
  typeOf(
    'PlacementPolicyStatus',
    field('observedGeneration', { kind: 'int64' }),
    field('objects', number, { omitEmpty: false }),
    field('unplaced', number),
  ),
  typeOf(
    'OverridePolicySpec',
    field('resourceSelectors', listOf(own('ResourceSelector')), { ...always, ...atomic }),
    field('priority', number),
    field('overrideRules', listOf(own('OverrideRule')), { ...always, ...atomic }),
  ),
  typeOf(
    'OverrideRule',
    field('targetCluster', own('ClusterAffinity'), pointer),
    field('overriders', own('Overriders'), always),
  ),
  typeOf(
    'Overriders',
    field('imageOverrider', listOf(own('ImageOverrider')), atomic),
    field('commandOverrider', listOf(own('CommandOverrider')), atomic),
    field('argsOverrider', listOf(own('CommandOverrider')), atomic),
    field('envOverrider', listOf(own('EnvOverrider')), atomic),
    field('labelsOverrider', listOf(own('TextsOverrider')), atomic),
    field('annotationsOverrider', listOf(own('TextsOverrider')), atomic),
    field('replicas', number, pointer),
    field('plaintext', listOf(own('PlaintextOverrider')), atomic),
  ),
  typeOf(
    'ImageOverrider',
    field('component', text, always),
    ...operation,
    field('value', text),
    field('predicate', own('ImagePredicate'), pointer),
  ),
  typeOf('ImagePredicate', field('path', text, always)),
  typeOf('CommandOverrider', ...ofContainer, field('value', listOf(text), atomic)),
  typeOf('EnvOverrider', ...ofContainer, field('value', listOf(own('EnvValue')), atomic)),
  typeOf('EnvValue', field('name', text, always), field('value', text)),
  typeOf('TextsOverrider', ...operation, field('value', { kind: 'map', values: text })),
  typeOf('PlaintextOverrider', field('path', text, always), ...operation, field('value', { kind: 'json' }, pointer)),
  typeOf(
    'OverridePolicyStatus',
    field('observedGeneration', { kind: 'int64' }),
    field('objects', number, { omitEmpty: false }),
    field('failed', number),
  ),
];
