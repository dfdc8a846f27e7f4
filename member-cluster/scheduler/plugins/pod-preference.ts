import type { Pod, WeightedPodAffinityTerm } from '../../../src/apis/index.ts';
import type { ScorePlugin, Snapshot } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { matchesTerm, termsOf, type Term } from './affinity-term.ts';

/** What a pod that must be near others counts for those: Kubernetes' `hardPodAffinityWeight`. */
const REQUIRED_WEIGHT = 1;

/** Rather nodes near the pods that this one prefers and that prefer it, far from those that would be apart. */
export const podPreference: ScorePlugin = {
  name: 'InterPodAffinity',
  weight: 2,
  score({ pod }, feasible, snapshot) {
    const scores = new DomainScores();
    scoreOwn(pod, snapshot, scores);
    scoreTheirs(pod, snapshot, scores);
    if (scores.isEmpty) return undefined;
    const raw = feasible.map((node) => scores.of(node));
    const lowest = Math.min(...raw);
    const range = Math.max(...raw) - lowest;
    return range === 0 ? undefined : raw.map((score) => (100 * (score - lowest)) / range);
  },
};

interface Weighted {
  readonly term: Term;
  readonly weight: number;
}

function preferredBy(pod: Pod): readonly Weighted[] {
  const { podAffinity: wanted, podAntiAffinity: unwanted } = pod.spec?.affinity ?? {};
  const weighted = (terms: readonly WeightedPodAffinityTerm[] = [], sign: 1 | -1) =>
    terms.flatMap(({ weight, podAffinityTerm }) =>
      termsOf(pod, [podAffinityTerm]).map((term) => ({ term, weight: sign * weight })),
    );
  return [
    ...weighted(wanted?.preferredDuringSchedulingIgnoredDuringExecution, 1),
    ...weighted(unwanted?.preferredDuringSchedulingIgnoredDuringExecution, -1),
  ];
}

function scoreOwn(pod: Pod, snapshot: Snapshot, scores: DomainScores): void {
  const weighted = preferredBy(pod);
  if (weighted.length === 0) return;
  for (const node of snapshot.nodes) {
    for (const { pod: present } of node.pods.values()) {
      for (const { term, weight } of weighted) {
        if (matchesTerm(term, present, snapshot)) scores.add(term.topologyKey, node, weight);
      }
    }
  }
}

function scoreTheirs(pod: Pod, snapshot: Snapshot, scores: DomainScores): void {
  for (const node of snapshot.nodes) {
    if (!node.hasAffinity) continue;
    for (const { pod: present } of node.pods.values()) {
      const { affinity } = present.spec ?? {};
      if (affinity === undefined) continue;
      const near = termsOf(present, affinity.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution);
      const weighted = [...preferredBy(present), ...near.map((term) => ({ term, weight: REQUIRED_WEIGHT }))];
      for (const { term, weight } of weighted) {
        if (matchesTerm(term, pod, snapshot)) scores.add(term.topologyKey, node, weight);
      }
    }
  }
}

/** What was found in topology domains, by their key and name. */
class DomainScores {
  readonly #byKey = new Map<string, Map<string, number>>();

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  add(topologyKey: string, { labels }: NodeInfo, weight: number): void {
    const domain = labels[topologyKey];
    if (domain === undefined) return;
    const scores = this.#byKey.get(topologyKey) ?? new Map<string, number>();
    this.#byKey.set(topologyKey, scores.set(domain, (scores.get(domain) ?? 0) + weight));
  }

  of({ labels }: NodeInfo): number {
    let sum = 0;
    for (const [key, scores] of this.#byKey) sum += scores.get(labels[key] ?? '') ?? 0;
    return sum;
  }
}
