import { untilAborted } from '../../src/component-base/index.ts';

/** What was made, each with how to take it back; in the order in which it was made. */
export type Undo = { readonly what: string; readonly undo: (signal: AbortSignal) => Promise<unknown> }[];

const UNDO_TIMEOUT_MS = 10_000;

/** Takes back what was made, the last first. Resolves to what could not be. */
export async function undoAll(done: Undo): Promise<readonly string[]> {
  const left: string[] = [];
  for (const { what, undo } of done.reverse()) {
    const signal = AbortSignal.timeout(UNDO_TIMEOUT_MS);
    try {
      await untilAborted(undo(signal), signal);
    } catch (err) {
      left.push(`${what} (${err instanceof Error ? err.message : String(err)})`);
    }
  }
  return left;
}
