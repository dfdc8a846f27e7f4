import { BrokenPipe, complain, print, type Process, type Program } from './process.ts';
import { filePrograms } from './file-programs.ts';
import { networkPrograms } from './network-programs.ts';
import { tar } from './tar-program.ts';
import { test } from './test-program.ts';
import { textPrograms } from './text-programs.ts';
import { treePrograms } from './tree-programs.ts';

export const NOT_FOUND = 127;
const BROKEN_PIPE = 141;
/** Node's timers fire at once when asked to wait longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export type RunShell = (process: Process, script: string, args: readonly string[]) => Promise<number>;

const systemPrograms: Readonly<Record<string, Program>> = {
  true: () => 0,
  false: () => 1,
  hostname: async (process) => {
    await print(process, `${process.host.hostname}\n`);
    return 0;
  },
  id: async (process, args) => {
    const text = args.includes('-u') || args.includes('-g') ? '0' : 'uid=0(root) gid=0(root) groups=0(root)';
    await print(process, `${text}\n`);
    return 0;
  },
  whoami: async (process) => {
    await print(process, 'root\n');
    return 0;
  },
  date: async (process, args) => {
    const now = new Date(process.host.clock.now());
    const [format = ''] = args.filter((arg) => arg.startsWith('+'));
    const text = format === '+%s' ? String(Math.floor(now.getTime() / 1000)) : now.toUTCString().replace('GMT', 'UTC');
    if (format !== '' && format !== '+%s') throw new Error(`format ${format} is not supported`);
    await print(process, `${text}\n`);
    return 0;
  },
  sleep: async ({ host, signal }, [seconds = '']) => {
    const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?|infinity)([smhd]?)$/.exec(seconds) ?? [];
    if (amount === undefined) throw new Error(`invalid number '${seconds}'`);
    const milliseconds = { m: 60_000, h: 3_600_000, d: 86_400_000 }[unit] ?? 1000;
    let rest = amount === 'infinity' ? Infinity : Number(amount) * milliseconds;
    for (; rest > LONGEST_TIMER_MS; rest -= LONGEST_TIMER_MS) await host.clock.sleep(LONGEST_TIMER_MS, signal);
    await host.clock.sleep(rest, signal);
    return 0;
  },
  ps: async (process) => {
    const rows = [`    1 root      0:00 ${process.host.mainCommand}`, `    7 root      0:00 ${process.argv.join(' ')}`];
    await print(process, `PID   USER     TIME  COMMAND\n${rows.join('\n')}\n`);
    return 0;
  },
  uname: async (process, args) => {
    const text = args.includes('-a')
      ? `Linux ${process.host.hostname} hollow`
      : args.includes('-n')
        ? process.host.hostname
        : 'Linux';
    await print(process, `${text}\n`);
    return 0;
  },
};

const PROGRAMS: ReadonlyMap<string, Program> = new Map<string, Program>([
  ...Object.entries(systemPrograms),
  ...Object.entries(filePrograms),
  ...Object.entries(treePrograms),
  ...Object.entries(textPrograms),
  ...Object.entries(networkPrograms),
  ['tar', tar],
  ['test', test],
  ['[', test],
  ['[[', test],
]);

const SHELLS: ReadonlySet<string> = new Set(['sh', 'ash', 'bash']);
const FOLDERS = /^(?:\/usr(?:\/local)?)?\/s?bin\//;

/** The program that a name stands for, by itself or by its path. */
export function programNamed(name: string): string | undefined {
  const base = name.replace(FOLDERS, '');
  return SHELLS.has(base) || PROGRAMS.has(base) ? base : undefined;
}

/** Runs what `argv` says. The exit code is 127 for what is not there. */
export async function runProgram(process: Process, shell: RunShell): Promise<number> {
  const [name = '', ...args] = process.argv;
  const base = programNamed(name);
  try {
    if (base === undefined) {
      await complain(process, `sh: ${name}: not found`);
      return NOT_FOUND;
    }
    if (SHELLS.has(base)) return await runShellProgram(process, args, shell);
    return (await PROGRAMS.get(base)?.(process, args)) ?? NOT_FOUND;
  } catch (err) {
    if (process.signal.aborted) throw err;
    // As if by the signal SIGPIPE.
    if (err instanceof BrokenPipe) return BROKEN_PIPE;
    if (!isOrdinary(err)) throw err;
    await complain(process, `${base ?? name}: ${err.message}`);
    return 1;
  }
}

async function runShellProgram(process: Process, args: readonly string[], shell: RunShell): Promise<number> {
  const at = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  if (at >= 0) {
    const flags = args
      .slice(0, at + 1)
      .join('')
      .includes('e')
      ? 'set -e\n'
      : '';
    return shell(process, flags + (args[at + 1] ?? ''), args.slice(at + 2));
  }
  const [file] = args.filter((arg) => !arg.startsWith('-'));
  if (file !== undefined) return shell(process, process.host.files.read(file).toString(), args);
  const chunks = await Array.fromAsync(process.stdin as AsyncIterable<Buffer>);
  return shell(process, Buffer.concat(chunks).toString(), []);
}

/** What programs throw to have it printed; faults of this code are something else. */
function isOrdinary(err: unknown): err is Error {
  return err instanceof Error && !(err instanceof TypeError) && err.name !== 'Leave';
}
