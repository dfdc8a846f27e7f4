import { formatTime, isObject, parseTime } from '../../src/apimachinery/index.ts';
import { TROUBLES, type Trouble } from './copy-result.ts';
import type { Troubled } from './troubled-copies.ts';

/** Clusters whose copies are not as they shall be, by why, and since when. */
export type TroubleRecord = Readonly<Partial<Record<Trouble, Readonly<Record<string, string>>>>>;

export interface ShownTroubles {
  readonly record: TroubleRecord | undefined;
  /** When there may be more to show. */
  readonly reviewAfterMs: number | undefined;
}

/** What fails is tried again at once, and often succeeds: it is shown when it has lasted. So is what cannot be seen. */
const SHOWN_AFTER_MS = 10_000;
/** Of one trouble, by name. */
const MOST_CLUSTERS = 20;

export function shownTroubles(
  copies: ReadonlyMap<string, Troubled>,
  now: number,
  afterMs = SHOWN_AFTER_MS,
): ShownTroubles {
  const waitOf = ({ trouble, since }: Troubled) =>
    trouble === 'failed' || trouble === 'unseen' ? Math.max(0, since + afterMs - now) : 0;
  const waits = [...copies.values()].map(waitOf).filter((ms) => ms > 0);
  const shown = [...copies].filter(([, copy]) => waitOf(copy) === 0).sort(([a], [b]) => (a < b ? -1 : 1));
  const byTrouble = TROUBLES.map((trouble) => {
    const clusters = shown.filter(([, copy]) => copy.trouble === trouble).slice(0, MOST_CLUSTERS);
    return [trouble, Object.fromEntries(clusters.map(([name, { since }]) => [name, formatTime(since)]))] as const;
  });
  const told = byTrouble.filter(([, clusters]) => Object.keys(clusters).length > 0);
  return {
    record: told.length === 0 ? undefined : Object.fromEntries(told),
    reviewAfterMs: waits.length === 0 ? undefined : Math.min(...waits),
  };
}

/** What was shown before; anybody may have written it. */
export function troublesIn(record: unknown): ReadonlyMap<string, Troubled> {
  const troubles = new Map<string, Troubled>();
  if (!isObject(record)) return troubles;
  for (const trouble of TROUBLES) {
    const clusters = record[trouble];
    if (!isObject(clusters)) continue;
    for (const [name, time] of Object.entries(clusters)) {
      const since = typeof time === 'string' ? parseTime(time) : undefined;
      if (since !== undefined) troubles.set(name, { trouble, since });
    }
  }
  return troubles;
}
