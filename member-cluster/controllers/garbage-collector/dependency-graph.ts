import type { KubeObject, ObjectKey, OwnerReference, Resource } from '../../../src/apimachinery/index.ts';

/** What the collector remembers of an object. */
export interface GraphNode {
  readonly resource: Resource;
  readonly key: ObjectKey;
  readonly uid: string;
  readonly owners: readonly OwnerReference[];
  readonly finalizers: readonly string[];
  readonly deleting: boolean;
}

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

/** It stays until those that depend on it, and block it, are gone. */
export function waitsForDependents({ deleting, finalizers }: GraphNode): boolean {
  return deleting && finalizers.includes(FOREGROUND);
}

export function graphNodeOf(resource: Resource, { metadata }: KubeObject): GraphNode {
  const { name = '', namespace, uid = '' } = metadata;
  return {
    resource,
    key: namespace === undefined ? { name } : { namespace, name },
    uid,
    owners: metadata.ownerReferences ?? [],
    finalizers: metadata.finalizers ?? [],
    deleting: metadata.deletionTimestamp !== undefined,
  };
}

/** All objects by uid, and who depends on whom. An owner need not be there to have dependents. */
export class DependencyGraph {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #dependents = new Map<string, Set<string>>();

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  put(node: GraphNode): void {
    const before = this.#nodes.get(node.uid);
    if (before !== undefined && before.owners !== node.owners) this.#unlink(before);
    this.#nodes.set(node.uid, node);
    for (const { uid } of node.owners) {
      const dependents = this.#dependents.get(uid) ?? new Set();
      this.#dependents.set(uid, dependents.add(node.uid));
    }
  }

  remove(uid: string): void {
    const node = this.#nodes.get(uid);
    if (node === undefined) return;
    this.#unlink(node);
    this.#nodes.delete(uid);
  }

  dependentsOf(uid: string): readonly GraphNode[] {
    const dependents = this.#dependents.get(uid) ?? [];
    return [...dependents].flatMap((dependent) => this.#nodes.get(dependent) ?? []);
  }

  /** The dependents that keep it from going when it waits. */
  blockersOf(uid: string): readonly GraphNode[] {
    return this.dependentsOf(uid).filter(({ owners }) =>
      owners.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true),
    );
  }

  /** Whether `node` waits for the object `uid` to go, be it over others that wait for each other. */
  waitsFor(node: GraphNode, uid: string): boolean {
    const seen = new Set<string>([node.uid]);
    const waiting = [node].filter(waitsForDependents);
    for (const next of waiting) {
      for (const blocker of this.blockersOf(next.uid)) {
        if (blocker.uid === uid) return true;
        if (seen.has(blocker.uid) || !waitsForDependents(blocker)) continue;
        seen.add(blocker.uid);
        waiting.push(blocker);
      }
    }
    return false;
  }

  #unlink({ uid, owners }: GraphNode): void {
    for (const owner of owners) {
      const dependents = this.#dependents.get(owner.uid);
      dependents?.delete(uid);
      if (dependents?.size === 0) this.#dependents.delete(owner.uid);
    }
  }
}
