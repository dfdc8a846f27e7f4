import { NotRunning } from '../../federation/fleet/index.ts';

/** Exit codes, as `koinon --help` tells them. */
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
export const EXIT_NOT_RUNNING = 3;
/** 128 + SIGINT, as shells have it. */
export const EXIT_INTERRUPTED = 130;

/** The user pressed Ctrl-C or sent SIGTERM, and what was begun has been taken back. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted; nothing is left running');
    this.name = 'Interrupted';
  }
}

/** Flags that contradict each other. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function exitCodeOf(err: unknown): number {
  if (err instanceof UsageError) return EXIT_USAGE;
  if (err instanceof Interrupted) return EXIT_INTERRUPTED;
  return err instanceof NotRunning ? EXIT_NOT_RUNNING : EXIT_FAILED;
}
