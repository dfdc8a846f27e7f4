import { never, toHundred, type FilterPlugin, type ScorePlugin } from '../framework.ts';
import { matchesRequired, matchesTerm } from '../node-selector.ts';

const MISMATCH = never("node(s) didn't match Pod's node affinity/selector");

/** Only nodes that the pod selects. */
export const nodeAffinity: FilterPlugin = {
  name: 'NodeAffinity',
  forPod({ pod }) {
    const { nodeSelector, affinity } = pod.spec ?? {};
    const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    if (nodeSelector === undefined && required === undefined) return undefined;
    return (node) => (matchesRequired(pod, node) ? undefined : MISMATCH);
  },
};

/** Rather nodes that meet more of what the pod prefers. */
export const nodePreference: ScorePlugin = {
  name: 'NodeAffinity',
  weight: 2,
  score({ pod }, feasible) {
    const preferred = pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    if (preferred.length === 0) return undefined;
    const weights = feasible.map((node) =>
      preferred.reduce((sum, { weight, preference }) => sum + (matchesTerm(preference, node) ? weight : 0), 0),
    );
    return toHundred(weights);
  },
};
