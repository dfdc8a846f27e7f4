import { labelSelectorOf, matchesLabels, type Selector } from '../../../src/apimachinery/index.ts';
import type { Pod, TopologySpreadConstraint } from '../../../src/apis/index.ts';
import { tolerates } from '../../pods/index.ts';
import {
  lowestToHundred,
  never,
  notNow,
  type FilterPlugin,
  type NodeFilter,
  type ScorePlugin,
  type Snapshot,
} from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { matchesRequired } from '../node-selector.ts';
import type { PodInfo } from '../pod-info.ts';

const MISMATCH = "node(s) didn't match pod topology spread constraints";
const SKEWED = notNow(MISMATCH);
const UNLABELLED = never(`${MISMATCH} (missing required label)`);
const HOSTNAME = 'kubernetes.io/hostname';

/** What spreads pods that say nothing themselves: those of one workload over zones and nodes, where it can be. */
const DEFAULT_CONSTRAINTS = [
  { topologyKey: HOSTNAME, maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5 },
] as const;

interface Constraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly selector: Selector;
  /** Whether the pod itself counts once it is there. */
  readonly self: 0 | 1;
  readonly eligible: (node: NodeInfo) => boolean;
}

/** Only nodes where the pod does not make its topology domain too full compared with the emptiest. */
export const topologySpread: FilterPlugin = {
  name: 'PodTopologySpread',
  looksAround: true,
  forPod({ pod }, snapshot) {
    const constraints = constraintsOf(pod, 'DoNotSchedule');
    if (constraints.length === 0) return undefined;
    const keys = constraints.map(({ topologyKey }) => topologyKey);
    const filters = constraints.map((constraint) => filterOf(constraint, pod, snapshot, keys));
    return (node) => {
      for (const filter of filters) {
        const reason = filter(node);
        if (reason !== undefined) return reason;
      }
      return undefined;
    };
  },
};

function filterOf(constraint: Constraint, pod: Pod, snapshot: Snapshot, keys: readonly string[]): NodeFilter {
  const { topologyKey, maxSkew, minDomains, self } = constraint;
  const counted = snapshot.nodes.filter((node) => constraint.eligible(node) && keys.every((key) => key in node.labels));
  const counts = countByDomain(constraint, pod, counted);
  const fewest = counts.size < minDomains ? 0 : Math.min(...counts.values());
  return ({ labels }) => {
    const domain = labels[topologyKey];
    if (domain === undefined) return UNLABELLED;
    const skew = (counts.get(domain) ?? 0) + self - (Number.isFinite(fewest) ? fewest : 0);
    return skew > maxSkew ? SKEWED : undefined;
  };
}

/** Rather nodes in topology domains with fewer pods of the same kind. */
export function topologyPreference(defaultSelector: (pod: Pod) => Selector | undefined): ScorePlugin {
  return {
    name: 'PodTopologySpread',
    weight: 2,
    score({ pod }: PodInfo, feasible, snapshot) {
      const explicit = pod.spec?.topologySpreadConstraints ?? [];
      const constraints =
        explicit.length === 0 ? defaultConstraints(pod, defaultSelector(pod)) : constraintsOf(pod, 'ScheduleAnyway');
      if (constraints.length === 0) return undefined;
      const raw = feasible.map(() => 0);
      for (const constraint of constraints) {
        const counts = countByDomain(constraint, pod, snapshot.nodes.filter(constraint.eligible));
        const weight = Math.log(counts.size + 2);
        feasible.forEach(({ labels }, index) => {
          const domain = labels[constraint.topologyKey];
          const count = domain === undefined ? undefined : counts.get(domain);
          if (count !== undefined) raw[index] = (raw[index] ?? 0) + count * weight + constraint.maxSkew - 1;
        });
      }
      return lowestToHundred(raw);
    },
  };
}

function constraintsOf(pod: Pod, whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'): readonly Constraint[] {
  return (pod.spec?.topologySpreadConstraints ?? [])
    .filter((constraint) => constraint.whenUnsatisfiable === whenUnsatisfiable)
    .map((constraint) => {
      const selector = selectorFor(pod, constraint);
      return {
        topologyKey: constraint.topologyKey,
        maxSkew: constraint.maxSkew,
        minDomains: constraint.minDomains ?? 1,
        selector,
        self: matchesLabels(selector, pod.metadata.labels) ? 1 : 0,
        eligible: eligibility(pod, constraint),
      };
    });
}

function defaultConstraints(pod: Pod, selector: Selector | undefined): readonly Constraint[] {
  if (selector === undefined) return [];
  const eligible = (node: NodeInfo) => matchesRequired(pod, node);
  return DEFAULT_CONSTRAINTS.map((constraint) => ({ ...constraint, minDomains: 1, selector, self: 1, eligible }));
}

/** The constraint's selector, narrowed to pods that have the same values of the labels it names. */
function selectorFor({ metadata }: Pod, { labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint): Selector {
  const same = matchLabelKeys.flatMap((key): Selector => {
    const value = metadata.labels?.[key];
    return value === undefined ? [] : [{ key, operator: 'in', values: [value] }];
  });
  return [...labelSelectorOf(labelSelector), ...same];
}

function eligibility(pod: Pod, { nodeAffinityPolicy, nodeTaintsPolicy }: TopologySpreadConstraint) {
  const tolerations = pod.spec?.tolerations ?? [];
  return (node: NodeInfo): boolean => {
    if (nodeAffinityPolicy !== 'Ignore' && !matchesRequired(pod, node)) return false;
    if (nodeTaintsPolicy !== 'Honor') return true;
    return (node.node.spec?.taints ?? []).every(
      (taint) => taint.effect === 'PreferNoSchedule' || tolerations.some((each) => tolerates(each, taint)),
    );
  };
}

/** Pods of the same namespace that the constraint counts, by domain; domains without any count 0. */
function countByDomain(
  { topologyKey, selector }: Constraint,
  { metadata }: Pod,
  nodes: readonly NodeInfo[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const domain = node.labels[topologyKey];
    if (domain === undefined) continue;
    let count = 0;
    for (const { pod } of node.podsIn(metadata.namespace ?? '')) {
      if (pod.metadata.deletionTimestamp === undefined && matchesLabels(selector, pod.metadata.labels)) count += 1;
    }
    counts.set(domain, (counts.get(domain) ?? 0) + count);
  }
  return counts;
}
