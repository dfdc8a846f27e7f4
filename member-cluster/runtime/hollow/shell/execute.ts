import { Readable, Writable } from 'node:stream';
import type { ContainerStreams } from '../../container-runtime.ts';
import { interactiveShell } from './interactive.ts';
import { complain, type Process, type ProcessHost } from './process.ts';
import { NOT_FOUND, programNamed, runProgram } from './run-program.ts';
import { Shell } from './shell.ts';
import { Terminal } from './terminal.ts';

export interface Execution {
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly tty: boolean;
  readonly streams: ContainerStreams;
  readonly signal: AbortSignal;
}

const NOT_EXECUTABLE = 126;
const INTERRUPTED = 130;
const SHELL = /^(?:\/(?:usr\/)?bin\/)?(?:sh|ash|bash)$/;

/** Runs one command as `exec` does. Resolves to its exit code. */
export async function execute(host: ProcessHost, execution: Execution): Promise<number> {
  const { streams, tty } = execution;
  let interruption = new AbortController();
  const interrupted = () => {
    interruption.abort(new Error('interrupted'));
    interruption = new AbortController();
  };
  const screen = streams.stdout ?? nowhere();
  const terminal = tty ? new Terminal(streams.stdin, screen, interrupted) : undefined;
  const process = processOf(host, execution, { screen, terminal });
  try {
    return await run(process, () => interruption.signal);
  } finally {
    await terminal?.flush();
  }
}

async function run(process: Process, interruption: () => AbortSignal): Promise<number> {
  const { signal, tty } = process;
  const [name = '', ...args] = process.argv;
  if (SHELL.test(name) && args.every((arg) => /^-[il]+$/.test(arg))) {
    return interactiveShell(process, { ...(tty ? { prompt: '# ' } : {}), interruption });
  }
  if (programNamed(name) === undefined) return refuse(process, name);
  const own = interruption();
  try {
    return await runProgram({ ...process, signal: AbortSignal.any([signal, own]) }, runScript);
  } catch (err) {
    if (signal.aborted || !own.aborted) throw err;
    return INTERRUPTED;
  }
}

function processOf(
  host: ProcessHost,
  { argv, env, cwd, tty, streams, signal }: Execution,
  { screen, terminal }: { readonly screen: Writable; readonly terminal: Terminal | undefined },
): Process {
  const common = { host, argv, cwd, tty, signal, variables: new Map(env) };
  if (terminal !== undefined) {
    return { ...common, stdin: terminal.input, stdout: terminal.output, stderr: terminal.output };
  }
  return { ...common, stdin: streams.stdin ?? Readable.from([]), stdout: screen, stderr: streams.stderr ?? nowhere() };
}

async function runScript(process: Process, script: string, args: readonly string[]): Promise<number> {
  return (await new Shell(process, args).run(script)).code;
}

/** In the words of runc, which users search for. */
async function refuse(process: Process, name: string): Promise<number> {
  const isThere = name.includes('/') && process.host.files.find(name) !== undefined;
  const why = name.includes('/')
    ? `exec: ${JSON.stringify(name)}: ${isThere ? 'permission denied' : 'stat ' + name + ': no such file or directory'}`
    : `exec: ${JSON.stringify(name)}: executable file not found in $PATH`;
  await complain(process, `OCI runtime exec failed: exec failed: unable to start container process: ${why}: unknown`);
  return isThere ? NOT_EXECUTABLE : NOT_FOUND;
}

function nowhere(): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
}
