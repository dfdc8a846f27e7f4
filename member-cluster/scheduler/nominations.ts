import type { PodInfo } from './pod-info.ts';

/** Where room is being made, for which pods. They are not there yet, but others no more important keep out. */
export class Nominations {
  readonly #nodeOf = new Map<string, string>();
  readonly #byNode = new Map<string, Map<string, PodInfo>>();

  nodeOf(key: string): string | undefined {
    return this.#nodeOf.get(key);
  }

  on(nodeName: string): readonly PodInfo[] {
    const pods = this.#byNode.get(nodeName);
    return pods === undefined ? NONE : [...pods.values()];
  }

  set(info: PodInfo, nodeName: string): void {
    this.remove(info.key);
    if (nodeName === '') return;
    this.#nodeOf.set(info.key, nodeName);
    const pods = this.#byNode.get(nodeName) ?? new Map<string, PodInfo>();
    this.#byNode.set(nodeName, pods.set(info.key, info));
  }

  remove(key: string): void {
    const nodeName = this.#nodeOf.get(key);
    if (nodeName === undefined) return;
    this.#nodeOf.delete(key);
    const pods = this.#byNode.get(nodeName);
    pods?.delete(key);
    if (pods?.size === 0) this.#byNode.delete(nodeName);
  }
}

const NONE: readonly PodInfo[] = [];
