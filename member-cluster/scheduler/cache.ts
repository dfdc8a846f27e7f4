import type { Node, Pod } from '../../src/apis/index.ts';
import { isTerminal } from '../pods/index.ts';
import type { Snapshot } from './framework.ts';
import { NodeInfo } from './node-info.ts';
import { podInfoOf, type PodInfo } from './pod-info.ts';

/**
 * What is on which node: pods that are bound, and pods that are assumed to be because their binding is on its way.
 * Without the latter two pods placed one after the other could get the same room.
 */
export class SchedulerCache {
  readonly #nodes = new Map<string, NodeInfo>();
  /** The node of each pod in the cache, which may not be known yet. */
  readonly #placed = new Map<string, { readonly nodeName: string; readonly info: PodInfo }>();
  readonly #assumed = new Set<string>();
  #list: readonly NodeInfo[] | undefined;

  snapshot(namespaceLabels: Snapshot['namespaceLabels']): Snapshot {
    this.#list ??= [...this.#nodes.values()];
    return { nodes: this.#list, namespaceLabels };
  }

  setNode(node: Node): void {
    const name = node.metadata.name ?? '';
    const present = this.#nodes.get(name);
    if (present !== undefined) {
      present.setNode(node);
      return;
    }
    const added = new NodeInfo(node);
    for (const { nodeName, info } of this.#placed.values()) if (nodeName === name) added.addPod(info);
    this.#nodes.set(name, added);
    this.#list = undefined;
  }

  removeNode(name: string): void {
    this.#nodes.delete(name);
    this.#list = undefined;
  }

  /** A pod as the API has it. One that is bound confirms what was assumed of it, one that ended frees its room. */
  setPod(pod: Pod): void {
    const nodeName = pod.spec?.nodeName ?? '';
    const info = podInfoOf(pod);
    if (nodeName === '') {
      if (!this.#assumed.has(info.key)) this.removePod(info.key);
      return;
    }
    this.#assumed.delete(info.key);
    if (isTerminal(pod)) this.removePod(info.key);
    else this.#put(info, nodeName);
  }

  removePod(key: string): void {
    const placed = this.#placed.get(key);
    this.#placed.delete(key);
    this.#assumed.delete(key);
    if (placed !== undefined) this.#nodes.get(placed.nodeName)?.removePod(key);
  }

  assume(info: PodInfo, nodeName: string): void {
    this.#put(info, nodeName);
    this.#assumed.add(info.key);
  }

  /** The binding failed: the room is free again, unless the pod turned out to be bound after all. */
  forget(key: string): void {
    if (this.#assumed.has(key)) this.removePod(key);
  }

  isAssumed(key: string): boolean {
    return this.#assumed.has(key);
  }

  #put(info: PodInfo, nodeName: string): void {
    const before = this.#placed.get(info.key);
    if (before !== undefined && before.nodeName !== nodeName) this.#nodes.get(before.nodeName)?.removePod(info.key);
    this.#placed.set(info.key, { nodeName, info });
    this.#nodes.get(nodeName)?.addPod(info);
  }
}
