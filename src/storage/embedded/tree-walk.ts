import { BRANCH, DamagedPage, type Page, type PageFile, type TreeHead } from './page-file.ts';

const NODE_HEADER_BYTES = 8;
/** Flags of a node: its value is on other pages; its value is the head of another tree. */
const ON_OTHER_PAGES = 1;
export const IS_TREE = 2;
const OVERFLOW_BYTES = 24;

export interface Entry {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly flags: number;
}

type Compare = (a: Buffer, b: Buffer) => number;

interface Counts {
  branchPages: number;
  leafPages: number;
  overflowPages: number;
  entries: number;
}

/** Keys in [from, before). */
interface Bounds {
  readonly from: Buffer | undefined;
  readonly before: Buffer | undefined;
}

export const compareBytes: Compare = (a, b) => a.compare(b);
export const compareIntegers: Compare = (a, b) => {
  const difference = a.readBigUInt64LE(0) - b.readBigUInt64LE(0);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

/** Tells all entries of a tree in order; when it returns, the tree is as its head says. Throws `DamagedPage`. */
export function walk(
  file: PageFile,
  head: TreeHead,
  visit: (entry: Entry) => void,
  compare: Compare = compareBytes,
): void {
  const walker = new Walker(file, visit, compare);
  if (head.root !== undefined) walker.walk(head.root, head.depth, { from: undefined, before: undefined });
  const { branchPages, leafPages, overflowPages, entries } = walker.counts;
  const same =
    branchPages === head.branchPages &&
    leafPages === head.leafPages &&
    overflowPages === head.overflowPages &&
    entries === head.entries;
  if (!same) throw new DamagedPage('a table does not have what it says it has');
}

class Walker {
  readonly counts: Counts = { branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0 };
  readonly #file: PageFile;
  readonly #visit: (entry: Entry) => void;
  readonly #compare: Compare;
  #last: Buffer | undefined;

  constructor(file: PageFile, visit: (entry: Entry) => void, compare: Compare) {
    this.#file = file;
    this.#visit = visit;
    this.#compare = compare;
  }

  walk(number: number, depth: number, bounds: Bounds): void {
    const page = this.#file.page(number);
    if ((page.flags === BRANCH) !== depth > 1) throw new DamagedPage(`page ${number} is not where it belongs`);
    if (page.flags === BRANCH) this.#branch(page, depth, bounds);
    else this.#leaf(page, bounds);
  }

  #branch(page: Page, depth: number, { from, before }: Bounds): void {
    const { bytes, nodes } = page;
    this.counts.branchPages++;
    const keys = nodes.map((at) => keyOf(page, at));
    for (const [index, at] of nodes.entries()) {
      // The first key of a branch says nothing.
      const bounds = { from: index === 0 ? from : keys[index], before: keys[index + 1] ?? before };
      const low = bytes.readUInt32LE(at);
      this.walk(low + bytes.readUInt16LE(at + 4) * 2 ** 32, depth - 1, bounds);
    }
  }

  #leaf(page: Page, { from, before }: Bounds): void {
    const { bytes, nodes, number } = page;
    this.counts.leafPages++;
    for (const [index, at] of nodes.entries()) {
      const key = keyOf(page, at);
      // What is in order lies within the bounds when its ends do.
      const inOrder =
        (this.#last === undefined || this.#compare(this.#last, key) < 0) &&
        (index > 0 || from === undefined || this.#compare(from, key) <= 0) &&
        (index < nodes.length - 1 || before === undefined || this.#compare(key, before) < 0);
      if (!inOrder) throw new DamagedPage(`page ${number} is out of order`);
      this.#last = key;
      this.counts.entries++;
      const flags = bytes.readUInt16LE(at + 4);
      this.#visit({ key, value: this.#value(page, at, flags), flags });
    }
  }

  #value({ bytes, number }: Page, at: number, flags: number): Buffer {
    const length = bytes.readUInt32LE(at);
    const start = at + NODE_HEADER_BYTES + bytes.readUInt16LE(at + 6);
    const end = start + (flags === ON_OTHER_PAGES ? OVERFLOW_BYTES : length);
    if (flags > IS_TREE || end > bytes.length) throw new DamagedPage(`page ${number} holds a broken entry`);
    if (flags !== ON_OTHER_PAGES) return bytes.subarray(start, end);
    const pages = Number(bytes.readBigUInt64LE(start + 16));
    if (pages * bytes.length < length || pages > length / bytes.length + 2) {
      throw new DamagedPage(`page ${number} holds a broken entry`);
    }
    this.counts.overflowPages += pages;
    return this.#file.overflow(Number(bytes.readBigUInt64LE(start)), pages, length);
  }
}

function keyOf({ bytes, number }: Page, at: number): Buffer {
  const start = at + NODE_HEADER_BYTES;
  const end = start + bytes.readUInt16LE(at + 6);
  if (end > bytes.length) throw new DamagedPage(`page ${number} holds a broken entry`);
  return bytes.subarray(start, end);
}
