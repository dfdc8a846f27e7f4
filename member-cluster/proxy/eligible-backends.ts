import type { Backend } from './proxier.ts';

export interface Placed {
  /** `IPv4`, `IPv6` or `FQDN`. */
  readonly family: string;
  readonly ready: boolean;
  /** Told to end, but still good for new traffic. */
  readonly servesWhileEnding: boolean;
  readonly backend: Backend;
}

/**
 * Those that are ready; where none is, those that end but still serve, so that the last pods of a rollout lose
 * nothing. The choice is made for all together, or for each node on its own.
 */
export function eligibleBackends(candidates: readonly Placed[], perNode: boolean): readonly Backend[] {
  const groups = perNode ? Map.groupBy(candidates, ({ backend }) => backend.node).values() : [candidates];
  const unique = new Map<string, Backend>();
  for (const group of groups) {
    const ready = group.filter((candidate) => candidate.ready);
    const chosen = ready.length > 0 ? ready : group.filter((candidate) => candidate.servesWhileEnding);
    for (const { backend } of chosen) unique.set(`${backend.host} ${backend.port}`, backend);
  }
  return [...unique.values()];
}
