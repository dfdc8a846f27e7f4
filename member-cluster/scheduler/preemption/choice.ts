import { startOf } from './importance.ts';
import type { Candidate } from './victims.ts';

/** The lowest is best; of those alike in one, the next decides. */
const CRITERIA: readonly ((candidate: Candidate) => number)[] = [
  ({ violations }) => violations,
  ({ victims }) => victims[0]?.priority ?? -Infinity,
  // Priorities may be negative: each victim more is to count as one more all the same.
  ({ victims }) => victims.reduce((sum, { priority }) => sum + priority + 2 ** 31, 0),
  ({ victims }) => victims.length,
  (candidate) => -firstStart(candidate),
];

/** Where the least is lost by making room; the first of those that are alike. */
export function bestCandidate(candidates: readonly Candidate[]): Candidate | undefined {
  let best = candidates;
  for (const criterion of CRITERIA) {
    const lowest = Math.min(...best.map(criterion));
    best = best.filter((candidate) => criterion(candidate) === lowest);
    if (best.length === 1) break;
  }
  return best[0];
}

/** When the first of the most important victims began. */
function firstStart({ victims }: Candidate): number {
  const highest = victims[0]?.priority;
  return Math.min(...victims.filter(({ priority }) => priority === highest).map(startOf));
}
