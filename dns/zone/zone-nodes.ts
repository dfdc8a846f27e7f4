import { parentOf } from './name.ts';
import type { AnyRecordSet } from './record-set.ts';

/** A name of the zone. Without sets it is an empty non-terminal: it exists because names below it do. */
export interface ZoneNode {
  readonly sets: readonly AnyRecordSet[];
}

interface CountingNode extends ZoneNode {
  /** How many nodes are directly below. Counted in place: nobody else looks at it. */
  children: number;
}

const noSets: readonly AnyRecordSet[] = [];

/** The names of a zone: those with sets and all between them and the apex, changed in place. */
export class ZoneNodes {
  readonly #apex: string;
  /** Undefined stands for a name that went while somebody was reading: it keeps its place in the order until then. */
  readonly #nodes = new Map<string, CountingNode | undefined>();
  readonly #readers = new Set<Map<string, CountingNode | undefined>>();
  readonly #gone = new Set<string>();

  constructor(apex: string) {
    this.#apex = apex;
    this.#nodes.set(apex, { sets: noSets, children: 0 });
  }

  get(name: string): ZoneNode | undefined {
    return this.#nodes.get(name);
  }

  /**
   * Puts `set` in place of what its name and type had, and returns all that the name has then. Adds to `changed` what
   * exists since then, and the name itself.
   */
  put(set: AnyRecordSet, changed: Set<string>): readonly AnyRecordSet[] {
    const node = this.#nodes.get(set.name);
    if (node === undefined) this.#addToParent(set.name, changed);
    const { sets, children } = node ?? { sets: noSets, children: 0 };
    const after = sets.length === 0 ? [set] : [...sets.filter((other) => other.type !== set.type), set];
    this.#write(set.name, node, { sets: after, children });
    changed.add(set.name);
    return after;
  }

  /** Does nothing where there is no such set. Adds to `changed` what exists no longer, and the name itself. */
  drop({ name, type }: Pick<AnyRecordSet, 'name' | 'type'>, changed: Set<string>): void {
    const node = this.#nodes.get(name);
    if (node === undefined) return;
    const sets = node.sets.filter((set) => set.type !== type);
    this.#write(name, node, { sets, children: node.children });
    changed.add(name);
    this.#prune(name, changed);
  }

  /** All nodes as they are now, to be read while they change; `end` once it has been read or is wanted no longer. */
  read(): { readonly nodes: () => IterableIterator<ZoneNode>; readonly end: () => void } {
    const before = new Map<string, CountingNode | undefined>();
    this.#readers.add(before);
    return {
      nodes: () => this.#asBefore(before),
      end: () => {
        this.#readers.delete(before);
        if (this.#readers.size === 0) this.#forgetGone();
      },
    };
  }

  *#asBefore(before: ReadonlyMap<string, CountingNode | undefined>): IterableIterator<ZoneNode> {
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
    const parent = name === this.#apex ? undefined : parentOf(name);
    if (parent === undefined) return;
    const node = this.#nodes.get(parent);
    if (node !== undefined) {
      node.children++;
      return;
    }
    this.#addToParent(parent, changed);
    this.#write(parent, undefined, { sets: noSets, children: 1 });
    changed.add(parent);
  }

  #prune(name: string, changed: Set<string>): void {
    const node = this.#nodes.get(name);
    const parent = name === this.#apex ? undefined : parentOf(name);
    if (node === undefined || parent === undefined) return;
    if (node.sets.length > 0 || node.children > 0) return;
    this.#write(name, node, undefined);
    changed.add(name);
    const above = this.#nodes.get(parent);
    if (above !== undefined) above.children--;
    this.#prune(parent, changed);
  }

  #write(name: string, before: CountingNode | undefined, node: CountingNode | undefined): void {
    for (const kept of this.#readers) if (!kept.has(name)) kept.set(name, before);
    if (node !== undefined) this.#nodes.set(name, node);
    else if (this.#readers.size === 0) this.#nodes.delete(name);
    else {
      this.#nodes.set(name, undefined);
      this.#gone.add(name);
    }
  }
}
