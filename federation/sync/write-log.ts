import type { KubeObject } from '../../src/apimachinery/index.ts';

interface Written {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number | undefined;
  /** What we asked for, by identity of its content. */
  readonly hash: string;
}

/**
 * What this process wrote to members. It settles two questions that caches cannot: whether a copy that looks different
 * is only our own write in the member's spelling, and whether a copy may exist although no watch has shown it yet.
 */
export class WriteLog {
  readonly #written = new Map<string, Written>();
  readonly #attempted = new Set<string>();

  attempt(cluster: string, key: string): void {
    this.#attempted.add(idOf(cluster, key));
  }

  /** The member answered: the object is not there. */
  absent(cluster: string, key: string): void {
    this.#attempted.delete(idOf(cluster, key));
    this.#written.delete(idOf(cluster, key));
  }

  /** A write was sent whose object no watch has shown gone. */
  mayExist(cluster: string, key: string): boolean {
    return this.#attempted.has(idOf(cluster, key));
  }

  /** A watch shows it: from now on that tells when it is gone. */
  seen(cluster: string, key: string): void {
    this.#attempted.delete(idOf(cluster, key));
  }

  /** The copy is what this hash asks for, in the member's own spelling. */
  wrote(cluster: string, key: string, member: KubeObject, hash: string): void {
    const { uid = '', resourceVersion = '', generation } = member.metadata;
    this.#written.set(idOf(cluster, key), { uid, resourceVersion, generation, hash });
  }

  /** Something has been found out of the copy since this process looked at it first. */
  knows(cluster: string, key: string): boolean {
    return this.#written.has(idOf(cluster, key));
  }

  /** Nobody has changed the member's copy since we wrote exactly this. */
  isUntouched(cluster: string, key: string, member: KubeObject, hash: string): boolean {
    const written = this.#written.get(idOf(cluster, key));
    if (written?.hash !== hash || written.uid !== member.metadata.uid) return false;
    const { resourceVersion, generation } = member.metadata;
    return (
      written.resourceVersion === resourceVersion || (generation !== undefined && written.generation === generation)
    );
  }

  /** The cluster has left the federation. */
  forgetCluster(cluster: string): void {
    for (const id of [...this.#attempted, ...this.#written.keys()]) {
      if (!id.startsWith(`${cluster} `)) continue;
      this.#attempted.delete(id);
      this.#written.delete(id);
    }
  }
}

const idOf = (cluster: string, key: string) => `${cluster} ${key}`;
