import type { Pod } from '../../../src/apis/index.ts';
import { never, notNow, type FilterPlugin, type NodeFilter, type Snapshot } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { matchesTerm, termsOf, type Term } from './affinity-term.ts';

const LONELY = never("node(s) didn't match pod affinity rules");
const CROWDED = notNow("node(s) didn't match pod anti-affinity rules");
const GUARDED = notNow("node(s) didn't satisfy existing pods anti-affinity rules");

/** Only nodes in a topology domain with, or without, the pods that the rules of this pod and of those there ask for. */
export const podAffinity: FilterPlugin = {
  name: 'InterPodAffinity',
  looksAround: true,
  forPod({ pod }, snapshot) {
    const { podAffinity: wanted, podAntiAffinity: unwanted } = pod.spec?.affinity ?? {};
    const near = termsOf(pod, wanted?.requiredDuringSchedulingIgnoredDuringExecution);
    const far = termsOf(pod, unwanted?.requiredDuringSchedulingIgnoredDuringExecution);
    const guarded = snapshot.nodes.filter(({ hasAntiAffinity }) => hasAntiAffinity);
    if (near.length === 0 && far.length === 0 && guarded.length === 0) return undefined;
    const filters = [
      affinityFilter(pod, near, snapshot),
      antiAffinityFilter(far, snapshot),
      guardFilter(pod, guarded, snapshot),
    ];
    return (node) => {
      for (const filter of filters) {
        const reason = filter(node);
        if (reason !== undefined) return reason;
      }
      return undefined;
    };
  },
};

function affinityFilter(pod: Pod, terms: readonly Term[], snapshot: Snapshot): NodeFilter {
  const domains = terms.map((term) => domainsOf(term, snapshot));
  // The first pod of a group that wants to be near itself must be placed somewhere.
  const isFirst = domains.every((found) => found.size === 0) && terms.every((term) => matchesTerm(term, pod, snapshot));
  return ({ labels }) => {
    const has = terms.every(({ topologyKey }, index) => {
      const domain = labels[topologyKey];
      return domain !== undefined && (isFirst || domains[index]?.has(domain) === true);
    });
    return has ? undefined : LONELY;
  };
}

function antiAffinityFilter(terms: readonly Term[], snapshot: Snapshot): NodeFilter {
  const domains = terms.map((term) => domainsOf(term, snapshot));
  return ({ labels }) =>
    terms.some(({ topologyKey }, index) => domains[index]?.has(labels[topologyKey] ?? '') === true)
      ? CROWDED
      : undefined;
}

/** Rules of pods that are there already and keep this one away. */
function guardFilter(pod: Pod, guarded: readonly NodeInfo[], snapshot: Snapshot): NodeFilter {
  const closed = new Set<string>();
  for (const node of guarded) {
    for (const { pod: guard } of node.pods.values()) {
      const rules = guard.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
      for (const term of termsOf(guard, rules)) {
        const domain = node.labels[term.topologyKey];
        if (domain !== undefined && matchesTerm(term, pod, snapshot)) closed.add(`${term.topologyKey} ${domain}`);
      }
    }
  }
  const keys = new Set([...closed].map((each) => each.slice(0, each.indexOf(' '))));
  return ({ labels }) => (keys.values().some((key) => closed.has(`${key} ${labels[key] ?? ''}`)) ? GUARDED : undefined);
}

/** In which topology domains pods match, and how many. */
function domainsOf(term: Term, snapshot: Snapshot): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const node of snapshot.nodes) {
    const domain = node.labels[term.topologyKey];
    if (domain === undefined) continue;
    for (const { pod } of node.pods.values()) {
      if (matchesTerm(term, pod, snapshot)) counts.set(domain, (counts.get(domain) ?? 0) + 1);
    }
  }
  return counts;
}
