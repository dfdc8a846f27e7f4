import { never, notNow, type FilterPlugin, type ScorePlugin } from '../framework.ts';
import { scoredRequests, type NodeInfo } from '../node-info.ts';
import type { PodInfo, Resources } from '../pod-info.ts';

/** Only nodes with enough left of everything that the pod requests. */
export const resourcesFit: FilterPlugin = {
  name: 'NodeResourcesFit',
  forPod({ requests }) {
    const wanted = [...requests].filter(([, value]) => value > 0);
    return ({ allocatable, requested, pods }) => {
      const short = wanted.filter(([name, value]) => value > (allocatable.get(name) ?? 0) - (requested.get(name) ?? 0));
      const isFull = pods.size + 1 > (allocatable.get('pods') ?? 0);
      if (short.length === 0 && !isFull) return undefined;
      const reasons = [...(isFull ? ['Too many pods'] : []), ...short.map(([name]) => `Insufficient ${name}`)];
      // Who asks for more than there is gets it from no pod that goes.
      const tooSmall = short.some(([name, value]) => value > (allocatable.get(name) ?? 0));
      return tooSmall ? never(...reasons) : notNow(...reasons);
    };
  },
};

/** Rather nodes where much is left. */
export const leastAllocated: ScorePlugin = {
  name: 'NodeResourcesFit',
  weight: 1,
  score({ requests }, feasible) {
    const scored = scoredRequests(requests);
    return feasible.map((node) => {
      const left = fractions(node, scored).map((fraction) => 100 * (1 - fraction));
      return left.length === 0 ? 0 : left.reduce((sum, each) => sum + each, 0) / left.length;
    });
  },
};

/** Rather nodes where CPU and memory are used up to the same degree. */
export const balancedAllocation: ScorePlugin = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  score({ requests }: PodInfo, feasible) {
    if (!requests.has('cpu') && !requests.has('memory')) return undefined;
    const scored = scoredRequests(requests);
    return feasible.map((node) => {
      const used = fractions(node, scored);
      const mean = used.reduce((sum, each) => sum + each, 0) / Math.max(1, used.length);
      const variance = used.reduce((sum, each) => sum + (each - mean) ** 2, 0) / Math.max(1, used.length);
      return 100 * (1 - Math.sqrt(variance));
    });
  },
};

/** How much of each scored resource would be taken with the pod there; 1 when it would be all or more. */
function fractions({ allocatable, assumed }: NodeInfo, scored: Resources): readonly number[] {
  return [...scored].flatMap(([name, value]) => {
    const total = allocatable.get(name) ?? 0;
    return total === 0 ? [] : [Math.min(1, ((assumed.get(name) ?? 0) + value) / total)];
  });
}
