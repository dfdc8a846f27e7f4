import {
  apiVersionOf,
  labelSelectorOf,
  matchesLabels,
  type KubeObject,
  type Resource,
} from '../../src/apimachinery/index.ts';
import type { ResourceSelector } from '../apis/index.ts';

/** What policies of placement and of overrides have in common. */
export interface SelectingPolicy extends KubeObject {
  readonly spec?: { readonly resourceSelectors: readonly ResourceSelector[]; readonly priority?: number };
}

/** How closely a policy means an object: by name, by labels, or by its kind alone; not at all when `undefined`. */
export function closenessOf(
  { metadata, spec }: SelectingPolicy,
  resource: Pick<Resource, 'group' | 'version' | 'kind'>,
  object: KubeObject,
): number | undefined {
  const { namespace } = metadata;
  if (namespace !== undefined && namespace !== object.metadata.namespace) return undefined;
  const found = (spec?.resourceSelectors ?? []).map((selector) => closenessTo(selector, resource, object));
  return found.reduce((best, one) => (best === undefined || (one ?? -1) > best ? one : best), undefined);
}

function closenessTo(
  { apiVersion, kind, namespace = '', name = '', labelSelector }: ResourceSelector,
  resource: Pick<Resource, 'group' | 'version' | 'kind'>,
  { metadata }: KubeObject,
): number | undefined {
  const isOfKind = kind === resource.kind && apiVersion === apiVersionOf(resource);
  if (!isOfKind || (namespace !== '' && namespace !== metadata.namespace)) return undefined;
  if (name !== '') return name === metadata.name ? 2 : undefined;
  if (labelSelector === undefined) return 0;
  return matchesLabels(labelSelectorOf(labelSelector), metadata.labels) ? 1 : undefined;
}

/** The one policy that decides: of the object's own namespace, of the highest priority, the closest, the oldest. */
export function governingPolicy<T extends SelectingPolicy>(
  policies: readonly T[],
  resource: Pick<Resource, 'group' | 'version' | 'kind'>,
  object: KubeObject,
): T | undefined {
  let best: { readonly policy: T; readonly rank: readonly (number | string)[] } | undefined;
  for (const policy of policies) {
    const closeness = closenessOf(policy, resource, object);
    if (closeness === undefined) continue;
    const rank = rankOf(policy, closeness);
    if (best === undefined || compareRanks(rank, best.rank) < 0) best = { policy, rank };
  }
  return best?.policy;
}

function rankOf({ metadata, spec }: SelectingPolicy, closeness: number): readonly (number | string)[] {
  const { namespace, creationTimestamp, name = '' } = metadata;
  return [namespace === undefined ? 1 : 0, -(spec?.priority ?? 0), -closeness, creationTimestamp ?? '', name];
}

/** Those that apply, each before the one that may change its outcome: federation-wide ones first, then by rising priority. */
export function applyingPolicies<T extends SelectingPolicy>(
  policies: readonly T[],
  resource: Pick<Resource, 'group' | 'version' | 'kind'>,
  object: KubeObject,
): readonly T[] {
  return policies
    .filter((policy) => closenessOf(policy, resource, object) !== undefined)
    .map((policy) => ({ policy, rank: orderOf(policy) }))
    .sort((a, b) => compareRanks(a.rank, b.rank))
    .map(({ policy }) => policy);
}

function orderOf({ metadata, spec }: SelectingPolicy): readonly (number | string)[] {
  return [metadata.namespace === undefined ? 0 : 1, spec?.priority ?? 0, metadata.name ?? ''];
}

function compareRanks(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  const index = a.findIndex((value, at) => value !== b[at]);
  if (index === -1) return 0;
  return (a[index] ?? '') < (b[index] ?? '') ? -1 : 1;
}
