import type { OwnedChanges, ProviderChanges } from '../../dns/provider/index.ts';

/** The phases of all, each as early as it may be: as many requests as the longest of them needs. */
export function mergedPhases(planned: readonly Pick<OwnedChanges, 'phases'>[]): readonly ProviderChanges[] {
  const rounds = Math.max(0, ...planned.map(({ phases }) => phases.length));
  return Array.from({ length: rounds }, (_, round) => {
    const parts = planned.flatMap(({ phases }) => phases.slice(round, round + 1));
    const replaces = parts.flatMap((part) => part.replaces ?? []);
    const isGuarded = parts.some((part) => part.replaces !== undefined);
    return {
      upsert: parts.flatMap(({ upsert }) => upsert),
      remove: parts.flatMap(({ remove }) => remove),
      ...(isGuarded ? { replaces } : {}),
    };
  });
}
