import { posix } from 'node:path';
import { each } from './file-programs.ts';
import { FileError } from './file-system.ts';
import { absolute, complain, parseFlags, print, type Process, type Program } from './process.ts';

/** Programs that look through folders and move what is there. */
export const treePrograms: Readonly<Record<string, Program>> = {
  find: async (process, args) => {
    const first = args.findIndex((arg) => arg.startsWith('-'));
    const paths = first < 0 ? args : args.slice(0, first);
    const [test, type, ...more] = first < 0 ? [] : args.slice(first);
    if (test !== undefined && (test !== '-type' || (type !== 'f' && type !== 'd') || more.length > 0)) {
      await complain(process, `find: only -type f and -type d are known here: ${args.slice(first).join(' ')}`);
      return 1;
    }
    const wanted = type === undefined ? undefined : type === 'f' ? 'file' : 'directory';
    return each(process, paths.length === 0 ? ['.'] : paths, async (path) => {
      const found = below(process, path).filter(([, kind]) => wanted === undefined || kind === wanted);
      if (found.length > 0) await print(process, `${found.map(([name]) => name).join('\n')}\n`);
    });
  },
  mv: async (process, args) => {
    const { flags, rest } = parseFlags(args);
    const target = rest.at(-1);
    if (target === undefined || rest.length < 2) {
      await complain(process, 'mv: missing file operand');
      return 1;
    }
    return each(process, rest.slice(0, -1), async (path) => {
      const moved = move(process, path, target);
      if (flags.has('v')) await print(process, `renamed '${path}' -> '${moved}'\n`);
    });
  },
  sync: async () => 0,
};

type Found = readonly [path: string, type: 'file' | 'directory'];

function below(process: Process, path: string): readonly Found[] {
  const node = process.host.files.find(absolute(process, path));
  if (node === undefined) throw new FileError('No such file or directory');
  const inside = node.type === 'file' ? [] : [...node.children.keys()].sort();
  return [[path, node.type], ...inside.flatMap((name) => below(process, `${path.replace(/\/$/, '')}/${name}`))];
}

/** One file, which must be read and written for that; folders stay where they are. */
function move(process: Process, path: string, target: string): string {
  const { files } = process.host;
  const node = files.find(absolute(process, path));
  if (node?.type === 'directory') throw new FileError('folders are not moved here');
  const isInto = files.find(absolute(process, target))?.type === 'directory';
  const to = isInto ? posix.join(target, posix.basename(path)) : target;
  const [from, destination] = [absolute(process, path), absolute(process, to)];
  if (from === destination) throw new FileError('it is the same file');
  files.write(destination, files.read(from), node === undefined ? {} : { mode: node.mode });
  files.remove(from);
  return to;
}
