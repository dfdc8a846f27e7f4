import { posix } from 'node:path';
import { FileError, type DirectoryNode, type FileNode } from './file-system.ts';
import { absolute, complain, parseFlags, print, write, type Process, type Program } from './process.ts';

const DD_BYTES = 64 * 1024;

/** Programs that make, show and remove files. */
export const filePrograms: Readonly<Record<string, Program>> = {
  pwd: async (process) => {
    await print(process, `${process.cwd}\n`);
    return 0;
  },
  ls: async (process, args) => {
    const { flags, rest } = parseFlags(args);
    return each(process, rest.length === 0 ? ['.'] : rest, async (path) => {
      const { files } = process.host;
      const target = absolute(process, path);
      const names = flags.has('d') ? [path] : files.list(target);
      const shown = names.filter((name) => flags.has('a') || flags.has('A') || !name.startsWith('.'));
      const isDirectory = files.find(target)?.type === 'directory' && !flags.has('d');
      const lines = shown.map((name) => {
        const node = files.find(isDirectory ? posix.join(target, name) : target);
        return flags.has('l') && node !== undefined ? longLine(name, node) : name;
      });
      if (lines.length > 0) await print(process, `${lines.join('\n')}\n`);
    });
  },
  cat: async (process, args) => {
    if (args.length === 0) return copy(process);
    return each(process, args, async (path) => {
      if (path === '-') await copy(process);
      else await write(process.stdout, process.host.files.read(absolute(process, path)), process.signal);
    });
  },
  mkdir: async (process, args) => {
    const { flags, rest } = parseFlags(args, 'm');
    return each(process, rest, async (path) => {
      process.host.files.makeDirectory(absolute(process, path), { parents: flags.has('p') });
    });
  },
  rm: async (process, args) => {
    const { flags, rest } = parseFlags(args);
    return each(process, rest, async (path) => {
      const { files } = process.host;
      const target = absolute(process, path);
      if (flags.has('f') && files.find(target) === undefined) return;
      files.remove(target, { recursive: flags.has('r') || flags.has('R') });
    });
  },
  touch: async (process, args) =>
    each(process, parseFlags(args).rest, async (path) => {
      process.host.files.write(absolute(process, path), Buffer.alloc(0), { append: true });
    }),
  tee: async (process, args) => {
    const { flags, rest } = parseFlags(args);
    const targets = rest.map((path) => absolute(process, path));
    for (const target of targets) process.host.files.write(target, Buffer.alloc(0), { append: flags.has('a') });
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      for (const target of targets) process.host.files.write(target, chunk, { append: true });
      await write(process.stdout, chunk, process.signal);
    }
    return 0;
  },
  dd: async (process, args) => {
    const given = new Map(args.map((arg) => [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)]));
    const blockBytes = sizeOf(given.get('bs') ?? '512');
    let left = given.has('count') ? blockBytes * Number(given.get('count')) : Infinity;
    const from = given.get('if');
    const source = from === undefined ? process.stdin : sourceOf(process, from);
    const to = given.get('of');
    const target = to === undefined || to === '/dev/null' ? to : absolute(process, to);
    if (target !== undefined && target !== '/dev/null') process.host.files.write(target, Buffer.alloc(0));
    let copied = 0;
    for await (const chunk of source as AsyncIterable<Buffer>) {
      const data = chunk.subarray(0, Math.min(chunk.length, left));
      if (target === undefined) await write(process.stdout, data, process.signal);
      else if (target !== '/dev/null') process.host.files.write(target, data, { append: true });
      copied += data.length;
      left -= data.length;
      if (left <= 0) break;
    }
    await complain(process, `${copied} bytes copied`);
    return 0;
  },
};

/** Runs something for each file; what fails is said, and the others are gone on with. */
export async function each(
  process: Process,
  paths: readonly string[],
  work: (path: string) => Promise<void>,
): Promise<number> {
  let code = 0;
  for (const path of paths) {
    try {
      await work(path);
    } catch (err) {
      if (!(err instanceof FileError)) throw err;
      await complain(process, `${process.argv[0] ?? ''}: ${path}: ${err.message}`);
      code = 1;
    }
  }
  return code;
}

async function copy({ stdin, stdout, signal }: Process): Promise<number> {
  for await (const chunk of stdin as AsyncIterable<Buffer>) await write(stdout, chunk, signal);
  return 0;
}

async function* sourceOf(process: Process, path: string): AsyncGenerator<Buffer> {
  const endless = path === '/dev/zero' || path === '/dev/urandom';
  if (!endless) yield process.host.files.read(absolute(process, path));
  else for (;;) yield Buffer.alloc(DD_BYTES);
}

function sizeOf(text: string): number {
  const [, number = '', unit = ''] = /^(\d+)([kMG]?)B?$/i.exec(text) ?? [];
  const factor = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[unit.toLowerCase()] ?? 1;
  if (number === '') throw new Error(`invalid number '${text}'`);
  return Number(number) * factor;
}

function longLine(name: string, node: FileNode | DirectoryNode): string {
  const size = node.type === 'file' ? node.data.length : 4096;
  const time = new Date(node.modifiedAt).toISOString().slice(0, 16).replace('T', ' ');
  const kind = node.type === 'file' ? '-' : 'd';
  const rights = [6, 3, 0].map((shift) => {
    const bits = (node.mode >> shift) & 7;
    return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`;
  });
  return `${kind}${rights.join('')} 1 root root ${String(size).padStart(9)} ${time} ${name}`;
}
