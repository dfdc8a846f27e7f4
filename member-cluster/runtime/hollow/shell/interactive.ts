import type { Readable } from 'node:stream';
import { ShellSyntaxError } from './lexer.ts';
import { parseScript } from './parser.ts';
import { print, type Process } from './process.ts';
import { Shell } from './shell.ts';

export interface Interactive {
  /** Before every line; nothing is said when absent. */
  readonly prompt?: string;
  /** Of the command that runs now; another one for each. */
  readonly interruption: () => AbortSignal;
}

const INTERRUPTED = 130;
const LINE_BYTES = 1024 * 1024;

/** A shell that runs each line as soon as it was read. */
export async function interactiveShell(process: Process, { prompt = '', interruption }: Interactive): Promise<number> {
  const state = { ...process };
  let code = 0;
  let pending = '';
  for (;;) {
    await ask(state, prompt, pending !== '');
    const line = await readLine(process.stdin, process.signal);
    if (line === undefined) return code;
    pending += line;
    if (isUnfinished(pending)) continue;
    const script = pending;
    pending = '';
    const interrupted = interruption();
    const signal = AbortSignal.any([process.signal, interrupted]);
    const own = { ...state, signal };
    try {
      const result = await new Shell(own).run(script);
      state.cwd = own.cwd;
      code = result.code;
      if (result.exited && (prompt === '' || !isMistake(script))) return code;
    } catch (err) {
      if (process.signal.aborted || !interrupted.aborted) throw err;
      code = INTERRUPTED;
    }
  }
}

async function ask(process: Process, prompt: string, isContinued: boolean): Promise<void> {
  if (prompt !== '') await print(process, isContinued ? '> ' : `${process.cwd} ${prompt}`);
}

function isUnfinished(script: string): boolean {
  try {
    parseScript(script);
    return false;
  } catch (err) {
    return (
      err instanceof ShellSyntaxError && /unterminated|end of file/.test(err.message) && script.length < LINE_BYTES
    );
  }
}

/** One that is at a terminal is not thrown out for it. */
function isMistake(script: string): boolean {
  try {
    parseScript(script);
    return false;
  } catch (err) {
    return err instanceof ShellSyntaxError;
  }
}

/** With its end; `undefined` when there is none any more. What comes behind it stays to be read by others. */
async function readLine(stdin: Readable, signal: AbortSignal): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  while (size < LINE_BYTES) {
    signal.throwIfAborted();
    // @NOTE the stream is one of bytes.
    const chunk = stdin.read() as Buffer | null;
    if (chunk === null) {
      if (stdin.readableEnded || stdin.destroyed) break;
      await readable(stdin, signal);
      continue;
    }
    const end = chunk.indexOf(10);
    if (end >= 0) {
      if (end + 1 < chunk.length) stdin.unshift(chunk.subarray(end + 1));
      return Buffer.concat([...chunks, chunk.subarray(0, end + 1)]).toString();
    }
    chunks.push(chunk);
    size += chunk.length;
  }
  return size === 0 ? undefined : Buffer.concat(chunks).toString();
}

async function readable(stdin: Readable, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const wake = () => {
    resolve(undefined);
  };
  stdin.once('readable', wake).once('end', wake).once('close', wake);
  signal.addEventListener('abort', wake, { once: true });
  await promise;
  stdin.off('readable', wake).off('end', wake).off('close', wake);
  signal.removeEventListener('abort', wake);
}
