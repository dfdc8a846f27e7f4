import type { RecordSet } from '../../zone/index.ts';

/** The set for a provider that answers everybody alike: what goes first where candidates have an order, else all. */
export function plainSet({ choice, ...set }: RecordSet): RecordSet {
  if (choice?.policy !== 'failover') return set;
  const { minimum = 1, candidates } = choice;
  const inOrder = candidates.toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0));
  const last = inOrder[Math.min(minimum, inOrder.length) - 1]?.order ?? 0;
  const first = inOrder.filter(({ order = 0 }) => order <= last);
  return { ...set, data: [...new Set(first.flatMap(({ data }) => data))].sort() };
}
