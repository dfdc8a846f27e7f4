import { posix } from 'node:path';

/** Of a container's own files, and of each volume that begins empty. */
export const QUOTA_BYTES = 64 * 1024 * 1024;

export interface FileNode {
  readonly type: 'file';
  data: Buffer;
  /** `data` is the beginning of it; what is appended goes behind. */
  store: Buffer;
  mode: number;
  modifiedAt: number;
}

export interface DirectoryNode {
  readonly type: 'directory';
  readonly children: Map<string, FileNode | DirectoryNode>;
  readonly quota: Quota;
  readonly isReadOnly: boolean;
  mode: number;
  modifiedAt: number;
}

/** How much there is of what has a limit together. */
export class Quota {
  #used = 0;

  take(bytes: number): void {
    if (this.#used + bytes > QUOTA_BYTES) throw new FileError('No space left on device');
    this.#used += bytes;
  }

  giveBack(bytes: number): void {
    this.#used -= bytes;
  }
}

/** With the words that programs print, behind the name of the file. */
export class FileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FileError';
  }
}

/** What one entry takes beside its content. */
const ENTRY_BYTES = 256;

export function directory(quota: Quota, isReadOnly = false): DirectoryNode {
  return { type: 'directory', children: new Map(), quota, isReadOnly, mode: 0o755, modifiedAt: 0 };
}

/** The files of one container, in memory. Paths are absolute. */
export class FileSystem {
  readonly root = directory(new Quota());
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  find(path: string): FileNode | DirectoryNode | undefined {
    let node: FileNode | DirectoryNode | undefined = this.root;
    for (const name of segments(path)) {
      if (node?.type !== 'directory') return undefined;
      node = node.children.get(name);
    }
    return node;
  }

  read(path: string): Buffer {
    const node = this.find(path);
    if (node === undefined) throw new FileError('No such file or directory');
    if (node.type === 'directory') throw new FileError('Is a directory');
    return node.data;
  }

  list(path: string): readonly string[] {
    const node = this.find(path);
    if (node === undefined) throw new FileError('No such file or directory');
    return node.type === 'directory' ? [...node.children.keys()].sort() : [posix.basename(path)];
  }

  write(
    path: string,
    data: Buffer,
    { append = false, mode }: { readonly append?: boolean; readonly mode?: number } = {},
  ) {
    const parent = this.#parent(path);
    const name = posix.basename(path);
    const old = parent.children.get(name);
    if (old?.type === 'directory' || name === '') throw new FileError('Is a directory');
    writable(parent);
    const next =
      old === undefined ? fileNode(data) : append ? { ...old, ...appended(old, data) } : { ...old, data, store: data };
    parent.quota.take(sizeOf(next) - (old === undefined ? 0 : sizeOf(old)));
    parent.children.set(name, { ...next, mode: mode ?? next.mode, modifiedAt: this.#now() });
  }

  makeDirectory(path: string, { parents = false }: { readonly parents?: boolean } = {}): DirectoryNode {
    const existing = this.find(path);
    if (existing !== undefined) {
      if (parents && existing.type === 'directory') return existing;
      throw new FileError('File exists');
    }
    const above = posix.dirname(path);
    const parent = parents ? this.makeDirectory(above, { parents }) : this.#parent(path);
    writable(parent);
    parent.quota.take(ENTRY_BYTES);
    const made = { ...directory(parent.quota), modifiedAt: this.#now() };
    parent.children.set(posix.basename(path), made);
    return made;
  }

  /** Puts a directory that is there anyway, such as a volume, at a path. */
  mount(path: string, volume: DirectoryNode | FileNode): void {
    this.makeDirectory(posix.dirname(path), { parents: true }).children.set(posix.basename(path), volume);
  }

  remove(path: string, { recursive = false }: { readonly recursive?: boolean } = {}): void {
    const node = this.find(path);
    if (node === undefined) throw new FileError('No such file or directory');
    if (node.type === 'directory' && !recursive) throw new FileError('Is a directory');
    const parent = this.#parent(path);
    writable(parent);
    parent.quota.giveBack(sizeOf(node));
    parent.children.delete(posix.basename(path));
  }

  #parent(path: string): DirectoryNode {
    const parent = this.find(posix.dirname(path));
    if (parent === undefined) throw new FileError('No such file or directory');
    if (parent.type === 'file') throw new FileError('Not a directory');
    return parent;
  }
}

function appended({ data, store }: FileNode, more: Buffer): Pick<FileNode, 'data' | 'store'> {
  const size = data.length + more.length;
  let room = store;
  if (room.length < size) {
    room = Buffer.alloc(Math.max(size, 2 * data.length));
    data.copy(room);
  }
  more.copy(room, data.length);
  return { data: room.subarray(0, size), store: room };
}

export function fileNode(data: Buffer, mode = 0o644): FileNode {
  return { type: 'file', data, store: data, mode, modifiedAt: 0 };
}

function writable({ isReadOnly }: DirectoryNode): void {
  if (isReadOnly) throw new FileError('Read-only file system');
}

function sizeOf(node: FileNode | DirectoryNode): number {
  if (node.type === 'file') return ENTRY_BYTES + node.data.length;
  return [...node.children.values()].reduce((sum, child) => sum + sizeOf(child), ENTRY_BYTES);
}

function segments(path: string): readonly string[] {
  return posix
    .normalize(path)
    .split('/')
    .filter((name) => name !== '' && name !== '.');
}
