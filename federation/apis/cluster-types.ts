import type { FieldSchema, FieldType, TypeSchema, TypeTable } from '../../src/apimachinery/index.ts';
import { CLUSTER_SCHEMA } from './cluster-definition.ts';
import { dnsExplanationSchemas } from './dns-explanation-schemas.ts';
import { policySchemas } from './policy-schemas.ts';

const GROUP = CLUSTER_SCHEMA.slice(0, -'Cluster'.length);
const text: FieldType = { kind: 'string' };
const time: FieldType = { kind: 'time' };
const amounts: FieldType = { kind: 'map', values: { kind: 'quantity' } };
const own = (name: string): FieldType => ({ kind: 'ref', name: `${GROUP}${name}` });
const listOf = (items: FieldType): FieldType => ({ kind: 'list', items });

function field(name: string, type: FieldType, facts: Partial<FieldSchema> = {}): FieldSchema {
  return { name, type, number: 0, pointer: false, omitEmpty: true, inline: false, required: false, ...facts };
}

const schemas: readonly TypeSchema[] = [
  {
    name: CLUSTER_SCHEMA,
    fields: [
      field('kind', text),
      field('apiVersion', text),
      field('metadata', { kind: 'ref', name: 'k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta' }),
      field('spec', own('ClusterSpec')),
      field('status', own('ClusterStatus')),
    ],
  },
  {
    name: `${GROUP}ClusterSpec`,
    fields: [
      field('serverAddressByClientCIDRs', listOf(own('ServerAddressByClientCIDR')), {
        patchMergeKey: 'clientCIDR',
        patchStrategies: ['merge'],
        omitEmpty: false,
        required: true,
      }),
      field('secretRef', { kind: 'ref', name: 'k8s.io/api/core/v1.LocalObjectReference' }, { pointer: true }),
      field('taints', listOf({ kind: 'ref', name: 'k8s.io/api/core/v1.Taint' })),
      field('unschedulable', { kind: 'boolean' }),
      field('withdrawn', { kind: 'boolean' }),
    ],
  },
  {
    name: `${GROUP}ServerAddressByClientCIDR`,
    fields: [field('clientCIDR', text), field('serverAddress', text, { omitEmpty: false, required: true })],
  },
  {
    name: `${GROUP}ClusterStatus`,
    fields: [
      field('conditions', listOf(own('ClusterCondition')), { patchMergeKey: 'type', patchStrategies: ['merge'] }),
      field('zones', listOf(text)),
      field('region', text),
      field('networks', listOf(text)),
      field('distances', listOf(own('ClusterDistance')), { patchMergeKey: 'cluster', patchStrategies: ['merge'] }),
      field('version', text),
      field('votes', listOf(own('ClusterVote')), { patchMergeKey: 'voter', patchStrategies: ['merge'] }),
      field('nodes', own('ClusterNodes'), { pointer: true }),
      field('capacity', amounts),
      field('allocatable', amounts),
      field('requested', amounts),
    ],
  },
  {
    name: `${GROUP}ClusterVote`,
    fields: [
      field('voter', text, { omitEmpty: false, required: true }),
      field('verdict', text, { omitEmpty: false, required: true }),
      field('ignored', text),
      field('reason', text),
      field('looked', { kind: 'int32' }),
      field('answered', { kind: 'int32' }, { pointer: true }),
      field('via', text),
      field('lastTransitionTime', time),
    ],
  },
  {
    name: `${GROUP}ClusterDistance`,
    fields: [
      field('cluster', text, { omitEmpty: false, required: true }),
      field('milliseconds', { kind: 'int32' }, { omitEmpty: false, required: true }),
    ],
  },
  {
    name: `${GROUP}ClusterNodes`,
    fields: [
      field('total', { kind: 'int32' }, { pointer: true }),
      field('ready', { kind: 'int32' }, { pointer: true }),
    ],
  },
  {
    name: `${GROUP}ClusterCondition`,
    fields: [
      field('type', text, { omitEmpty: false, required: true }),
      field('status', text, { omitEmpty: false, required: true }),
      field('lastProbeTime', time),
      field('lastTransitionTime', time),
      field('reason', text),
      field('message', text),
    ],
  },
];

const byName = new Map([...schemas, ...policySchemas, ...dnsExplanationSchemas].map((schema) => [schema.name, schema]));

/** The generated table, which does not know the federation's groups, with their types added. */
export function withClusterTypes(base: TypeTable): TypeTable {
  return { get: (name) => byName.get(name) ?? base.get(name) };
}
