import type { ClientAddress } from './client-address.ts';

/** What was found for an address, and how many of its bits that depends on. */
export interface PrefixMatch {
  /** Of the longest prefix that covers it; -1 where none does. */
  readonly value: number;
  readonly scope: number;
}

const NOTHING = -1;
const NODE_FIELDS = 3;
const VALUE = 2;

/** Values of prefixes, found by the longest that covers an address. */
export class PrefixTable {
  readonly #v4 = new BitTree();
  readonly #v6 = new BitTree();

  /** From 0. Of a prefix that was there already the value is replaced. */
  set(prefix: ClientAddress, value: number): void {
    this.#treeOf(prefix).set(prefix, value);
  }

  /** Whatever else is written in the table, all addresses of the first `scope` bits are answered alike. */
  find(address: ClientAddress): PrefixMatch {
    return this.#treeOf(address).find(address);
  }

  #treeOf({ bytes }: ClientAddress): BitTree {
    return bytes.length === 4 ? this.#v4 : this.#v6;
  }
}

/** One node a bit: two children (0 is none) and a value each, in one array. */
class BitTree {
  #nodes = new Int32Array(64 * NODE_FIELDS).fill(0).fill(NOTHING, VALUE, VALUE + 1);
  #count = 1;

  set({ bytes, prefixLength }: ClientAddress, value: number): void {
    let node = 0;
    for (let depth = 0; depth < prefixLength; depth++) {
      const field = node * NODE_FIELDS + bitAt(bytes, depth);
      const child = this.#nodes[field] ?? 0;
      node = child === 0 ? this.#grow(field) : child;
    }
    this.#nodes[node * NODE_FIELDS + VALUE] = value;
  }

  find({ bytes, prefixLength }: ClientAddress): PrefixMatch {
    const nodes = this.#nodes;
    let value = NOTHING;
    let node = 0;
    for (let depth = 0; ; depth++) {
      const at = node * NODE_FIELDS;
      const own = nodes[at + VALUE] ?? NOTHING;
      if (own !== NOTHING) value = own;
      const left = nodes[at] ?? 0;
      const right = nodes[at + 1] ?? 0;
      if (depth === prefixLength || (left === 0 && right === 0)) return { value, scope: depth };
      node = bitAt(bytes, depth) === 0 ? left : right;
      // Addresses that differ in this bit may be answered otherwise.
      if (node === 0) return { value, scope: depth + 1 };
    }
  }

  #grow(field: number): number {
    const node = this.#count++;
    if (this.#count * NODE_FIELDS > this.#nodes.length) {
      const larger = new Int32Array(this.#nodes.length * 2);
      larger.set(this.#nodes);
      this.#nodes = larger;
    }
    this.#nodes[node * NODE_FIELDS + VALUE] = NOTHING;
    this.#nodes[field] = node;
    return node;
  }
}

function bitAt(bytes: Uint8Array, depth: number): 0 | 1 {
  return ((bytes[depth >> 3] ?? 0) & (0x80 >> (depth & 7))) === 0 ? 0 : 1;
}
