import { parentOf } from './name.ts';
import type { AnyRecordSet } from './record-set.ts';

/** A name of the zone. Without sets it is an empty non-terminal: it exists because names below it do. */
export interface ZoneNode {
  readonly sets: readonly AnyRecordSet[];
  /** How many nodes are directly below. */
  readonly children: number;
}

const noNode: ZoneNode = { sets: [], children: 0 };

/** The names of a zone: those with sets and all between them and the apex, changed in place. */
export class ZoneNodes {
  readonly #apex: string;
  /** Undefined stands for a name that went while somebody was reading: it keeps its place in the order until then. */
  readonly #nodes = new Map<string, ZoneNode | undefined>();
  readonly #readers = new Set<Map<string, ZoneNode | undefined>>();
  readonly #gone = new Set<string>();

  constructor(apex: string) {
    this.#apex = apex;
    this.#nodes.set(apex, noNode);
  }

  get(name: string): ZoneNode | undefined {
    return this.#nodes.get(name);
  }

  /**
   * Puts `set` in place of what its name and type had, and returns all that the name has then. Adds to `changed` what
   * exists since then, and the name itself.
   */
  put(set: AnyRecordSet, changed: Set<string>): readonly AnyRecordSet[] {
    const node = this.get(set.name);
    if (node === undefined) this.#addToParent(set.name, changed);
    const { sets, children } = node ?? noNode;
    const after = sets.length === 0 ? [set] : [...sets.filter((other) => other.type !== set.type), set];
    this.#write(set.name, { sets: after, children }, changed);
    return after;
  }

  /** Does nothing where there is no such set. Adds to `changed` what exists no longer, and the name itself. */
  drop({ name, type }: Pick<AnyRecordSet, 'name' | 'type'>, changed: Set<string>): void {
    const node = this.get(name);
    if (node === undefined) return;
    this.#write(name, { ...node, sets: node.sets.filter((set) => set.type !== type) }, changed);
    this.#prune(name, changed);
  }

  /** All nodes as they are now, to be read while they change; `end` once it has been read or is wanted no longer. */
  read(): { readonly nodes: () => IterableIterator<ZoneNode>; readonly end: () => void } {
    const before = new Map<string, ZoneNode | undefined>();
    this.#readers.add(before);
    return {
      nodes: () => this.#asBefore(before),
      end: () => {
        this.#readers.delete(before);
        if (this.#readers.size === 0) this.#forgetGone();
      },
    };
  }

  *#asBefore(before: ReadonlyMap<string, ZoneNode | undefined>): IterableIterator<ZoneNode> {
    for (const [name, now] of this.#nodes) {
      const node = before.has(name) ? before.get(name) : now;
      if (node !== undefined) yield node;
    }
  }

  #forgetGone(): void {
    for (const name of this.#gone) if (this.get(name) === undefined) this.#nodes.delete(name);
    this.#gone.clear();
  }

  #addToParent(name: string, changed: Set<string>): void {
    const parent = parentOf(name);
    if (parent === undefined || name === this.#apex) return;
    const node = this.get(parent);
    if (node === undefined) this.#addToParent(parent, changed);
    const { sets, children } = node ?? noNode;
    // A name that existed exists still: only what came into being changed for those who ask.
    this.#write(parent, { sets, children: children + 1 }, node === undefined ? changed : undefined);
  }

  #prune(name: string, changed: Set<string>): void {
    const node = this.get(name);
    const parent = parentOf(name);
    if (node === undefined || parent === undefined || name === this.#apex) return;
    if (node.sets.length > 0 || node.children > 0) return;
    this.#write(name, undefined, changed);
    const { sets, children } = this.get(parent) ?? noNode;
    this.#write(parent, { sets, children: children - 1 }, undefined);
    this.#prune(parent, changed);
  }

  #write(name: string, node: ZoneNode | undefined, changed: Set<string> | undefined): void {
    changed?.add(name);
    if (this.#readers.size > 0) this.#keep(name);
    if (node !== undefined) this.#nodes.set(name, node);
    else if (this.#readers.size === 0) this.#nodes.delete(name);
    else {
      this.#nodes.set(name, undefined);
      this.#gone.add(name);
    }
  }

  #keep(name: string): void {
    const node = this.get(name);
    for (const before of this.#readers) if (!before.has(name)) before.set(name, node);
  }
}
