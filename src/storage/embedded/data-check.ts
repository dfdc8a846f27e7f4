import { closeSync, openSync, statSync } from 'node:fs';
import { StorageError, type Revision } from '../storage.ts';
import { checkFormat } from './format.ts';
import { DamagedPage, PageFile, treeHead, type TreeHead } from './page-file.ts';
import { checkLogRecord, checkMark, damaged, decodeKeyRecord, decodeNamed, decodeNumber } from './record.ts';
import { compareIntegers, IS_TREE, walk, type Entry } from './tree-walk.ts';

/** Of the description of a tree, and of a number in the free list. */
const TREE_BYTES = 48;
const NUMBER_BYTES = 8;
const ADVICE = 'Nothing was changed. Restore a backup, or move the file away to begin anew';

/**
 * Reads a whole data file before LMDB does, which believes what it finds and crashes, or overwrites what it should
 * keep, where that is wrong: every page is where it belongs, every table complete and in order, every record as its
 * checksum says, every revision of the history there. Throws `Unavailable` naming the file, which is left as it is. No
 * file, or an empty one, is nothing yet.
 */
export function checkData(path: string): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) return;
  const fd = openSync(path, 'r');
  try {
    checkTables(new PageFile(fd), path);
  } catch (cause) {
    if (cause instanceof StorageError && cause.key === path) throw cause;
    const why = cause instanceof DamagedPage ? `the file is damaged: ${cause.message}` : messageOf(cause);
    throw new StorageError('Unavailable', path, `${why}. ${ADVICE}`, { cause });
  } finally {
    closeSync(fd);
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof StorageError ? cause.detail : `the file cannot be read: ${String(cause)}`;
}

function checkTables(file: PageFile, path: string): void {
  const tables = tablesOf(file);
  const numbers = checkMeta(file, tables);
  checkFormat(numbers.get('format') ?? 0, path);
  const revisions = checkLog(file, tables, {
    compacted: numbers.get('compacted') ?? 0,
    revision: numbers.get('revision') ?? 0,
  });
  walkTable(file, tables.get('keys'), ({ key, value }) => {
    const { modRevision } = decodeKeyRecord(key, value);
    if (!includes(revisions, modRevision)) throw damaged(`revision ${modRevision}`);
  });
  walkTable(file, tables.get('expiries'), ({ key, value }) => {
    checkMark(key, value);
  });
  checkFree(file);
}

type Tables = ReadonlyMap<string, TreeHead>;

/** Their names end with a zero. */
function tablesOf(file: PageFile): Tables {
  const tables = new Map<string, TreeHead>();
  walk(file, file.meta.main, ({ key, value, flags }) => {
    const head = flags === IS_TREE && value.length === TREE_BYTES ? treeHead(value) : undefined;
    if (head?.flags !== 0) throw new DamagedPage('it has a table of an unknown kind');
    tables.set(key.toString().replace(/\0$/, ''), head);
  });
  return tables;
}

function walkTable(file: PageFile, head: TreeHead | undefined, visit: (entry: Entry) => void): void {
  if (head !== undefined) walk(file, head, visit);
}

function checkMeta(file: PageFile, tables: Tables): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  walkTable(file, tables.get('meta'), ({ key, value }) => {
    numbers.set(key.toString(), decodeNamed(key, value));
  });
  return numbers;
}

interface Span {
  readonly compacted: Revision;
  readonly revision: Revision;
}

/** All revisions in the log, which has every one that is not compacted. */
function checkLog(file: PageFile, tables: Tables, { compacted, revision }: Span): Float64Array {
  const head = tables.get('log');
  const found = new Float64Array(head?.entries ?? 0);
  let count = 0;
  let next = compacted + 1;
  walkTable(file, head, ({ key, value }) => {
    const present = decodeNumber(key);
    checkLogRecord(present, value);
    if (present > compacted && present !== next++) throw damaged(`revision ${next - 1}`);
    found[count++] = present;
  });
  if (next !== revision + 1) throw damaged(`revision ${revision}`);
  return found;
}

function includes(sorted: Float64Array, wanted: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) < wanted) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === wanted;
}

/** A record of the free list: how many numbers follow; each a page, a zero, or less than zero the length of a run before its first page. */
function checkFree(file: PageFile): void {
  const checkRecord = ({ value }: Entry) => {
    const count = value.length < NUMBER_BYTES ? 0 : Number(value.readBigUInt64LE(0));
    if ((count + 1) * NUMBER_BYTES > value.length) throw new DamagedPage('its list of free pages is broken');
    const numberAt = (index: number) => Number(value.readBigInt64LE(index * NUMBER_BYTES));
    for (let index = 1; index <= count; index++) {
      const entry = numberAt(index);
      if (entry > 0) file.free(entry, 1);
      else if (entry < 0 && ++index <= count) file.free(numberAt(index), -entry);
    }
  };
  walk(file, file.meta.free, checkRecord, compareIntegers);
}
