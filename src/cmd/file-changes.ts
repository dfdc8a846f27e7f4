import { watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock, Logger } from '../component-base/index.ts';

export interface FileChangesOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log?: Logger;
}

/** Whoever writes a file may do so in several steps. */
const SETTLE_MS = 100;
/** Not every file system says that something has changed. */
const AT_LATEST_MS = 60_000;

/**
 * Each time that a file may say something else, and once a minute. The directory is watched, so that files that are put
 * in its place, and mounted ConfigMaps, are seen too. Ends when `signal` aborts.
 */
export async function* fileChanges(
  file: string,
  { clock, signal, log }: FileChangesOptions,
): AsyncGenerator<undefined> {
  let wake = new AbortController();
  const watcher = watch(dirname(file), { persistent: false }, () => {
    wake.abort();
  });
  watcher.on('error', (err) => {
    log?.warn({ err, file }, 'a file is not watched any more, but read every now and then');
  });
  try {
    for (;;) {
      await pause(AT_LATEST_MS, clock, AbortSignal.any([signal, wake.signal]));
      await pause(SETTLE_MS, clock, signal);
      if (signal.aborted) return;
      wake = new AbortController();
      yield undefined;
    }
  } finally {
    watcher.close();
  }
}

async function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, signal).catch((err: unknown) => {
    if (!signal.aborted) throw err;
  });
}
