import { fstatSync } from 'node:fs';
import { FileBlocks } from './file-blocks.ts';

/** Says what is wrong with the file and nothing of which file it is. */
export class DamagedPage extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'DamagedPage';
  }
}

/** Where the fields of LMDB's pages are: a header of 24 bytes, then what its flags say. All numbers are little-endian. */
const PAGE_HEADER_BYTES = 24;
const FLAGS_AT = 18;
const LOWER_AT = 20;
const UPPER_AT = 22;
const PAGES_AT = 20;
export const BRANCH = 1;
export const LEAF = 2;
const OVERFLOW = 4;

const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;
const DATA_VERSION = 2;
const DATA_VERSION_AT = 28;
const ADDRESS_AT = 32;
const MAP_SIZE_AT = 40;
const TREES_AT = 48;
const TREE_BYTES = 48;
const LAST_PAGE_AT = 144;
const TRANSACTION_AT = 152;
const META_BYTES = 160;
const META_FLAG = 8;
const MIN_PAGE_SIZE = 512;
const MAX_PAGE_SIZE = 65_536;
/** Of memory that a file may ask to be mapped into. */
const MAX_MAP_BYTES = 2 ** 42;
/** Of the free list, whose keys are integers, and of a file that is not a directory. */
const FREE_FLAGS = 0x4008;
/** The root of a tree without entries. */
const NO_PAGE = 2n ** 64n - 1n;

/** A B-tree as its owner describes it. */
export interface TreeHead {
  readonly flags: number;
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  /** Undefined for an empty tree. */
  readonly root: number | undefined;
}

/** The head of a file. There are two, written in turn. */
interface Meta {
  readonly pageSize: number;
  readonly mapBytes: number;
  readonly free: TreeHead;
  readonly main: TreeHead;
  readonly lastPage: number;
  readonly transaction: number;
}

export interface Page {
  readonly bytes: Buffer;
  readonly number: number;
  readonly flags: number;
  /** Where its nodes are, in their order. */
  readonly nodes: readonly number[];
}

/** The pages of an LMDB file (data version of lmdb-js 3), each looked at before it is believed. */
export class PageFile {
  readonly meta: Meta;
  readonly #blocks: FileBlocks;
  readonly #size: number;
  readonly #seen: Uint8Array;

  /** Throws `DamagedPage`, as all methods do. */
  constructor(fd: number) {
    this.#blocks = new FileBlocks(fd);
    this.#size = fstatSync(fd).size;
    const first = this.#readMeta(0, 0);
    const second = this.#readMeta(1, first.pageSize);
    const apart = Math.abs(first.transaction - second.transaction);
    if (first.pageSize !== second.pageSize || apart > 1) throw new DamagedPage('its two heads contradict each other');
    this.meta = first.transaction >= second.transaction ? first : second;
    this.#seen = new Uint8Array(Math.min(this.meta.lastPage, this.#size / this.meta.pageSize) + 2);
    this.#claim(0, 2);
  }

  /** A page of a tree, the first time that it is met. */
  page(number: number): Page {
    const bytes = this.#read(number, 1);
    const flags = bytes.readUInt16LE(FLAGS_AT);
    if (flags !== BRANCH && flags !== LEAF) throw new DamagedPage(`page ${number} is of no kind that belongs there`);
    const lower = bytes.readUInt16LE(LOWER_AT);
    const upper = bytes.readUInt16LE(UPPER_AT);
    const space = bytes.length - PAGE_HEADER_BYTES;
    if (lower % 2 !== 0 || lower > upper || upper > space) throw new DamagedPage(`page ${number} has a broken head`);
    const nodes = Array.from({ length: lower / 2 }, (_, i) => bytes.readUInt16LE(PAGE_HEADER_BYTES + 2 * i));
    for (const at of nodes) {
      if (at < upper || at + 8 > space) throw new DamagedPage(`page ${number} points beyond itself`);
    }
    return { bytes, number, flags, nodes: nodes.map((at) => at + PAGE_HEADER_BYTES) };
  }

  /** What is kept on pages of its own. */
  overflow(number: number, pages: number, length: number): Buffer {
    const bytes = this.#read(number, pages);
    const whole = bytes.readUInt16LE(FLAGS_AT) === OVERFLOW && bytes.readUInt32LE(PAGES_AT) === pages;
    if (!whole || PAGE_HEADER_BYTES + length > bytes.length) throw new DamagedPage(`page ${number} has a broken head`);
    return bytes.subarray(PAGE_HEADER_BYTES, PAGE_HEADER_BYTES + length);
  }

  /** Notes that pages are free; they may lie beyond the end of the file. */
  free(number: number, pages: number): void {
    if (number < 2 || number + pages - 1 > this.meta.lastPage) throw new DamagedPage(`page ${number} cannot be free`);
    this.#claim(number, pages);
  }

  #read(number: number, pages: number): Buffer {
    const { pageSize, lastPage, transaction } = this.meta;
    if (number < 2 || number + pages - 1 > lastPage) throw new DamagedPage(`there can be no page ${number}`);
    const needed = (number + pages) * pageSize;
    if (needed > this.#size) throw new DamagedPage(`it was cut off at ${this.#size} of at least ${needed} bytes`);
    this.#claim(number, pages);
    const bytes = this.#blocks.read(number * pageSize, pages * pageSize);
    const belongs = bytes.readBigUInt64LE(0) === BigInt(number) && bytes.readBigUInt64LE(8) <= BigInt(transaction);
    if (!belongs) throw new DamagedPage(`page ${number} is not the one that it should be`);
    return bytes;
  }

  /** No page serves twice. */
  #claim(number: number, pages: number): void {
    for (let page = number; page < number + pages && page < this.#seen.length; page++) {
      if (this.#seen[page] === 1) throw new DamagedPage(`page ${page} is used twice`);
      this.#seen[page] = 1;
    }
  }

  #readMeta(index: number, at: number): Meta {
    const bytes = this.#blocks.read(at, META_BYTES);
    if (bytes.length < META_BYTES || bytes.readUInt32LE(MAGIC_AT) !== MAGIC) {
      throw new DamagedPage('it is not a file of this storage, or was cut off');
    }
    const meta = {
      pageSize: bytes.readUInt32LE(TREES_AT),
      mapBytes: Number(bytes.readBigUInt64LE(MAP_SIZE_AT)),
      free: treeHead(bytes.subarray(TREES_AT, TREES_AT + TREE_BYTES)),
      main: treeHead(bytes.subarray(TREES_AT + TREE_BYTES)),
      lastPage: Number(bytes.readBigUInt64LE(LAST_PAGE_AT)),
      transaction: Number(bytes.readBigUInt64LE(TRANSACTION_AT)),
    };
    const isMeta =
      bytes.readUInt16LE(FLAGS_AT) === META_FLAG &&
      bytes.readUInt32LE(DATA_VERSION_AT) === DATA_VERSION &&
      bytes.readBigUInt64LE(ADDRESS_AT) === 0n;
    if (!isMeta || !isSane(meta, index))
      throw new DamagedPage(`its ${index === 0 ? 'first' : 'second'} head is broken`);
    return meta;
  }
}

/** Transactions write their heads in turn: the even ones the first. */
function isSane({ pageSize, mapBytes, free, main, lastPage, transaction }: Meta, index: number): boolean {
  const isPageSize = pageSize >= MIN_PAGE_SIZE && pageSize <= MAX_PAGE_SIZE && (pageSize & (pageSize - 1)) === 0;
  const isItsTurn = transaction === 0 || transaction % 2 === index;
  const isMapped = mapBytes >= (lastPage + 1) * pageSize && mapBytes <= MAX_MAP_BYTES;
  return isPageSize && isItsTurn && isMapped && free.flags === FREE_FLAGS && main.flags === 0;
}

/** Of the 48 bytes that describe a tree. */
export function treeHead(bytes: Buffer): TreeHead {
  const count = (at: number) => Number(bytes.readBigUInt64LE(at));
  const root = bytes.readBigUInt64LE(40);
  return {
    flags: bytes.readUInt16LE(4),
    depth: bytes.readUInt16LE(6),
    branchPages: count(8),
    leafPages: count(16),
    overflowPages: count(24),
    entries: count(32),
    root: root === NO_PAGE ? undefined : Number(root),
  };
}
