import type { FilterPlugin, NodeFilter, Refusal, Snapshot } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';

/** Pods for which room is being made on a node. */
export type NominatedOn = (nodeName: string) => readonly PodInfo[];

/**
 * Whether nodes will do for a pod, as they are and as they would be with other pods. A node must do whether or not the
 * pods come for which room is being made there, if these are as important.
 */
export class Feasibility {
  readonly pod: PodInfo;
  /** Why no node will do, whichever it is. */
  readonly podRefusal: string | undefined;
  readonly #snapshot: Snapshot;
  readonly #nominatedOn: NominatedOn;
  readonly #plugins: readonly { readonly plugin: FilterPlugin; readonly filter: NodeFilter | undefined }[];

  constructor(pod: PodInfo, snapshot: Snapshot, plugins: readonly FilterPlugin[], nominatedOn: NominatedOn) {
    this.pod = pod;
    this.#snapshot = snapshot;
    this.#nominatedOn = nominatedOn;
    this.podRefusal = firstRefusal(pod, snapshot, plugins);
    this.#plugins = plugins.map((plugin) => ({ plugin, filter: plugin.forPod(pod, snapshot) }));
  }

  /** Whether what is said of a node may depend on pods of other nodes. */
  get looksAround(): boolean {
    return this.#plugins.some(({ plugin, filter }) => plugin.looksAround === true && filter !== undefined);
  }

  /** Of a node of the snapshot. */
  refusal(node: NodeInfo): Refusal | undefined {
    return this.#refusalWithNominated(node) ?? this.#refusalAsIs(node);
  }

  /** Of a node that stands for the one of its name in the snapshot. */
  refusalOfOther(node: NodeInfo): Refusal | undefined {
    return this.#refusalWithNominated(node) ?? this.#refusalOfChanged(node);
  }

  #refusalWithNominated(node: NodeInfo): Refusal | undefined {
    const { key, priority } = this.pod;
    const present = this.#nominatedOn(node.name);
    if (present.length === 0) return undefined;
    const nominated = present.filter((other) => other.priority >= priority && other.key !== key);
    if (nominated.length === 0) return undefined;
    const fuller = node.copy();
    for (const other of nominated) fuller.addPod(other);
    return this.#refusalOfChanged(fuller);
  }

  #refusalAsIs(node: NodeInfo): Refusal | undefined {
    for (const { filter } of this.#plugins) {
      const refusal = filter?.(node);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #refusalOfChanged(node: NodeInfo): Refusal | undefined {
    let changed: Snapshot | undefined;
    for (const { plugin, filter } of this.#plugins) {
      if (plugin.looksAround === true) changed ??= withNode(this.#snapshot, node);
      const current = changed !== undefined && plugin.looksAround === true ? plugin.forPod(this.pod, changed) : filter;
      const refusal = current?.(node);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }
}

function firstRefusal(pod: PodInfo, snapshot: Snapshot, plugins: readonly FilterPlugin[]): string | undefined {
  for (const plugin of plugins) {
    const reason = plugin.refusePod?.(pod, snapshot);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function withNode(snapshot: Snapshot, node: NodeInfo): Snapshot {
  return {
    nodes: snapshot.nodes.map((each) => (each.name === node.name ? node : each)),
    namespaceLabels: (name) => snapshot.namespaceLabels(name),
  };
}
