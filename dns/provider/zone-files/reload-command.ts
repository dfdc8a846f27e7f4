import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { withDeadline } from '../../../src/component-base/index.ts';

const run = promisify(execFile);

const MAX_OUTPUT_BYTES = 65_536;

/** A command without a shell; `{zone}` and `{file}` in its words stand for what was written. */
export function reloadCommand(words: readonly string[], timeoutMs: number) {
  return async (zone: string, file: string): Promise<void> => {
    const [program, ...args] = words.map((word) => word.replaceAll('{zone}', zone).replaceAll('{file}', file));
    if (program === undefined) return;
    await run(program, args, { signal: withDeadline(timeoutMs), maxBuffer: MAX_OUTPUT_BYTES, killSignal: 'SIGKILL' });
  };
}
