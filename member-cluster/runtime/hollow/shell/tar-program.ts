import { posix } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Pack } from 'tar-stream';
import type { DirectoryNode, FileNode } from './file-system.ts';
import { absolute, complain, write, type Process, type Program } from './process.ts';

const OK = /^-?[cxfvmpzC]+$/;

/** `tar` as `kubectl cp` uses it: to and from standard streams or a file, without compression. */
export const tar: Program = async (process, args) => {
  const { mode, file, base, paths } = understood(args);
  const own = { ...process, cwd: absolute(process, base) };
  if (mode.includes('z')) throw new Error('compression is not supported');
  if (mode.includes('c')) return create(own, file, paths);
  if (mode.includes('x')) return extract(own, file);
  throw new Error('one of c and x is needed');
};

function understood(args: readonly string[]) {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const paths = [...args.slice(end + 1)];
  let [mode, file, base] = ['', '-', '.'];
  for (let index = 0; index < end; index++) {
    const arg = args[index] ?? '';
    if (arg === '-C') base = args[++index] ?? '.';
    else if (OK.test(arg) && (index === 0 || arg.startsWith('-'))) {
      mode += arg;
      if (arg.includes('f')) file = args[++index] ?? '-';
    } else if (!arg.startsWith('-')) paths.push(arg);
  }
  return { mode, file, base, paths };
}

async function create(process: Process, file: string, paths: readonly string[]): Promise<number> {
  const { pack: newPack } = await import('tar-stream');
  const pack = newPack();
  const chunks: Buffer[] = [];
  const reading = (async () => {
    for await (const chunk of pack as AsyncIterable<Buffer>) {
      if (file === '-') await write(process.stdout, chunk, process.signal);
      else chunks.push(chunk);
    }
  })();
  const failed: string[] = [];
  const adding = (async () => {
    for (const path of paths) {
      const node = process.host.files.find(absolute(process, path));
      if (node === undefined) {
        await complain(process, `tar: ${path}: No such file or directory`);
        failed.push(path);
      } else await add(pack, path.replace(/^\/+/, ''), node);
    }
    pack.finalize();
  })();
  // When nobody reads any more, nothing is added either.
  await Promise.all([
    reading.catch((err: unknown) => {
      pack.destroy();
      throw err;
    }),
    adding,
  ]);
  if (file !== '-') process.host.files.write(absolute(process, file), Buffer.concat(chunks));
  return failed.length === 0 ? 0 : 2;
}

async function add(pack: Pack, name: string, node: FileNode | DirectoryNode): Promise<void> {
  const { mode } = node;
  const mtime = new Date(node.modifiedAt);
  if (node.type === 'directory') {
    pack.entry({ name, type: 'directory', mode, mtime });
    for (const [child, below] of node.children) await add(pack, posix.join(name, child), below);
    return;
  }
  const entry = pack.entry({ name, size: node.data.length, mode, mtime });
  entry.end(node.data);
  await finished(entry);
}

async function extract(process: Process, file: string): Promise<number> {
  const { extract: newExtract } = await import('tar-stream');
  const { files } = process.host;
  const archive = newExtract();
  const source: Iterable<Buffer> | AsyncIterable<Buffer> =
    file === '-' ? process.stdin : [files.read(absolute(process, file))];
  // @NOTE it is a stream of streamx, which Node's pipe takes for one of its own.
  Readable.from(source)
    .on('error', () => {
      archive.destroy();
    })
    .pipe(archive as unknown as Writable);
  for await (const entry of archive) {
    const { name, type, mode } = entry.header;
    const path = absolute(process, name.replace(/^\/+/, ''));
    if (type === 'directory') files.makeDirectory(path, { parents: true });
    else if (type === 'file') {
      files.makeDirectory(posix.dirname(path), { parents: true });
      const content = Buffer.concat(await Array.fromAsync(entry as AsyncIterable<Buffer>));
      files.write(path, content, { mode });
    } else await complain(process, `tar: ${name}: links are not supported`);
    entry.resume();
  }
  return 0;
}
