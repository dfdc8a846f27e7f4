import type { ContainerStatus } from '../runtime/index.ts';

const FIRST_MS = 10_000;
const LONGEST_MS = 300_000;
/** Who ran so long before ending has a clean slate. */
const STABLE_MS = 600_000;

/** Doubles from ten seconds to five minutes. */
export function backOffMs(failures: number): number {
  return Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
}

/** How long a container that has ended waits to be started again: the first time not at all. */
export function restartDelayMs({ metadata, startedAt, exit }: ContainerStatus): number {
  if (metadata.attempt === 0 || exit === undefined) return 0;
  if (startedAt !== undefined && exit.finishedAt - startedAt >= STABLE_MS) return 0;
  return backOffMs(metadata.attempt);
}
