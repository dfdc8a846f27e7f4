import { aborted, type Clock, type Logger } from '../../component-base/index.ts';
import type { Revision } from '../storage.ts';

const HISTORY_MS = 5 * 60_000;
const HISTORY_REVISIONS = 50_000;
const INTERVAL_MS = 30_000;

export interface Retention {
  readonly clock: Clock;
  readonly log: Logger;
  readonly historyMs?: number;
  readonly historyRevisions?: number;
  readonly revision: () => Revision;
}

/** Compacts what is older than `historyMs`, and what is more than `historyRevisions`, until `signal` aborts. */
export async function keepBounded(
  store: { compact(revision: Revision): Promise<void> },
  { clock, log, historyMs = HISTORY_MS, historyRevisions = HISTORY_REVISIONS, ...retention }: Retention,
  signal: AbortSignal,
): Promise<void> {
  const ended = () => signal.aborted;
  const stopped = aborted(signal);
  // What the revision was when; the first is the last one that is old enough.
  const marks: { readonly at: number; readonly revision: Revision }[] = [];
  while (!ended()) {
    const { promise: due, resolve } = Promise.withResolvers<undefined>();
    const cancel = clock.after(Math.min(historyMs, INTERVAL_MS), () => {
      resolve(undefined);
    });
    await Promise.race([due, stopped]);
    cancel();
    if (ended()) return;

    const oldest = clock.now() - historyMs;
    const revision = retention.revision();
    marks.push({ at: clock.now(), revision });
    while (marks[1] !== undefined && marks[1].at <= oldest) marks.shift();
    const old = marks[0] !== undefined && marks[0].at <= oldest ? marks[0].revision : 0;
    try {
      await store.compact(Math.max(old, revision - historyRevisions));
    } catch (err) {
      log.warn({ err }, 'the history could not be compacted');
    }
  }
}
