import { once } from 'node:events';
import { posix } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../../../src/component-base/index.ts';
import type { FileSystem } from './file-system.ts';

/** Of the container that a process runs in. */
export interface ProcessHost {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly hostname: string;
  /** What its first process is, for `ps`. */
  readonly mainCommand: string;
  /** GET of a URL from here. */
  readonly fetch: (url: URL, signal: AbortSignal) => Promise<{ readonly status: number; readonly body: Buffer }>;
  /** The addresses that a name has for the pod. */
  readonly lookup: (name: string, signal: AbortSignal) => Promise<readonly string[]>;
}

/** A command while it runs. */
export interface Process {
  readonly host: ProcessHost;
  /** The name is the first. */
  readonly argv: readonly string[];
  readonly variables: Map<string, string>;
  cwd: string;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly tty: boolean;
  readonly signal: AbortSignal;
}

/** Resolves to the exit code; throws a `FileError` or an `Error` for what is printed behind the name of the command. */
export type Program = (process: Process, args: readonly string[]) => Promise<number> | number;

/** Waits while whoever reads is behind. Rejects when nobody reads any more. */
export async function write(stream: Writable, data: Buffer | string, signal: AbortSignal): Promise<void> {
  if (stream.destroyed || !stream.writable) throw new BrokenPipe();
  if (stream.write(data)) return;
  const ending = new AbortController();
  const both = AbortSignal.any([signal, ending.signal]);
  try {
    await Promise.race([once(stream, 'drain', { signal: both }), once(stream, 'close', { signal: both })]);
  } finally {
    ending.abort();
  }
}

export class BrokenPipe extends Error {
  constructor() {
    super('Broken pipe');
    this.name = 'BrokenPipe';
  }
}

export function print({ stdout, signal }: Process, text: string): Promise<void> {
  return write(stdout, text, signal);
}

export function complain({ stderr, signal }: Process, text: string): Promise<void> {
  return write(stderr, `${text}\n`, signal);
}

export function absolute({ cwd }: Pick<Process, 'cwd'>, path: string): string {
  return posix.resolve(cwd, path);
}

/** Flags of one letter, and what is left. `valued` are the letters that take a value. */
export function parseFlags(args: readonly string[], valued = ''): { flags: Map<string, string>; rest: string[] } {
  const flags = new Map<string, string>();
  const rest: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (arg === '--') return { flags, rest: [...rest, ...args.slice(index + 1)] };
    if (!/^-./.test(arg)) {
      rest.push(arg);
      continue;
    }
    for (let at = 1; at < arg.length; at++) {
      const letter = arg.charAt(at);
      if (!valued.includes(letter)) flags.set(letter, '');
      else {
        const inline = arg.slice(at + 1);
        flags.set(letter, inline === '' ? (args[++index] ?? '') : inline);
        break;
      }
    }
  }
  return { flags, rest };
}
