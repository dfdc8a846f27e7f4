import type { Taint, Toleration } from '../../../src/apis/index.ts';
import { tolerates } from '../../pods/index.ts';
import { lowestToHundred, never, type FilterPlugin, type ScorePlugin } from '../framework.ts';

/** No node with a taint that the pod does not tolerate. */
export const taintToleration: FilterPlugin = {
  name: 'TaintToleration',
  forPod({ pod }) {
    const tolerations = pod.spec?.tolerations ?? [];
    return ({ node }) => {
      const taint = (node.spec?.taints ?? []).find(
        (each) => each.effect !== 'PreferNoSchedule' && !isTolerated(each, tolerations),
      );
      return taint && never(`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`);
    };
  },
};

/** Rather nodes with fewer taints of effect `PreferNoSchedule`. */
export const taintPreference: ScorePlugin = {
  name: 'TaintToleration',
  weight: 3,
  score({ pod }, feasible) {
    const tolerations = pod.spec?.tolerations ?? [];
    const counts = feasible.map(
      ({ node }) =>
        (node.spec?.taints ?? []).filter(
          (taint) => taint.effect === 'PreferNoSchedule' && !isTolerated(taint, tolerations),
        ).length,
    );
    return counts.every((count) => count === 0) ? undefined : lowestToHundred(counts);
  },
};

function isTolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  return tolerations.some((toleration) => tolerates(toleration, taint));
}
