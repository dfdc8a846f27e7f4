import { labelSelectorOf, matchesLabels } from '../../src/apimachinery/index.ts';
import type { Cluster, ClusterAffinity, ClusterFieldRequirement } from '../apis/index.ts';

/** Why a cluster is not one of those that are meant, in a few words; `undefined` when it is. */
export function affinityMiss(affinity: ClusterAffinity, cluster: Cluster): string | undefined {
  return nameMiss(affinity, cluster.metadata.name ?? '') ?? selectorMiss(affinity, cluster);
}

function nameMiss({ clusterNames = [], exclude = [] }: ClusterAffinity, name: string): string | undefined {
  if (exclude.includes(name)) return 'is excluded by name';
  return clusterNames.length > 0 && !clusterNames.includes(name) ? 'is not among the clusters named' : undefined;
}

function selectorMiss({ labelSelector, fieldSelector }: ClusterAffinity, cluster: Cluster): string | undefined {
  if (labelSelector !== undefined && !matchesLabels(labelSelectorOf(labelSelector), cluster.metadata.labels)) {
    return 'has other labels than asked for';
  }
  const missed = fieldSelector?.matchExpressions?.find((requirement) => !holds(requirement, cluster));
  return missed === undefined ? undefined : `is not of the ${missed.key} asked for`;
}

function holds({ key, operator, values = [] }: ClusterFieldRequirement, cluster: Cluster): boolean {
  const actual = fieldOf(cluster, key);
  switch (operator) {
    case 'In':
      return actual.some((value) => values.includes(value));
    case 'NotIn':
      return !actual.some((value) => values.includes(value));
    case 'Exists':
      return actual.length > 0;
    case 'DoesNotExist':
      return actual.length === 0;
    case 'Gt':
      return compareWith(actual, values) > 0;
    case 'Lt':
      return compareWith(actual, values) < 0;
    default:
      throw new TypeError(`validation lets no operator ${operator} pass`);
  }
}

function fieldOf({ status }: Cluster, key: string): readonly string[] {
  const one = (value: string | undefined) => (value === undefined || value === '' ? [] : [value]);
  switch (key) {
    case 'region':
      return one(status?.region);
    case 'zone':
      return status?.zones ?? [];
    case 'version':
      return one(status?.version);
    default:
      throw new TypeError(`validation lets no field ${key} pass`);
  }
}

/** NaN, which is neither more nor less, of a cluster whose version nobody knows. */
function compareWith([actual]: readonly string[], [wanted]: readonly string[]): number {
  if (actual === undefined || wanted === undefined) return NaN;
  const [left, right] = [numbersOf(actual), numbersOf(wanted)];
  // 1.30 is no less than any 1.30.x: only what the policy names is compared.
  const index = right.findIndex((number, at) => number !== (left[at] ?? 0));
  return index === -1 ? 0 : (left[index] ?? 0) - (right[index] ?? 0);
}

function numbersOf(version: string): readonly number[] {
  const [, numbers = ''] = /^v?(\d+(?:\.\d+)*)/.exec(version) ?? [];
  return numbers.split('.').map(Number);
}
