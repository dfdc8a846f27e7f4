import type { Cluster, OverridePolicy, Overriders } from '../../apis/index.ts';
import { affinityMiss } from '../cluster-affinity.ts';

/** What changes one object for one cluster, in the order in which it is applied. */
export interface Override {
  /** `OverridePolicy shop/web` or the like, with the number of the rule. */
  readonly source: string;
  readonly overriders: Overriders;
}

/** `policies`: those that apply to the object, in their order. */
export function overridesFor(policies: readonly OverridePolicy[], cluster: Cluster): readonly Override[] {
  return policies.flatMap((policy) =>
    (policy.spec?.overrideRules ?? []).flatMap(({ targetCluster = {}, overriders }, index) =>
      affinityMiss(targetCluster, cluster) === undefined
        ? [{ source: `${policyName(policy)} rule ${index + 1}`, overriders }]
        : [],
    ),
  );
}

/** As messages and records name a policy. */
export function policyName({ kind, metadata }: Pick<OverridePolicy, 'kind' | 'metadata'>): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name ?? ''}`;
}

/** The number of replicas that overrides ask for; the last word counts. */
export function replicasBy(overrides: readonly Override[]): number | undefined {
  return overrides.findLast(({ overriders }) => overriders.replicas !== undefined)?.overriders.replicas;
}
