import type { Node } from '../../src/apis/index.ts';
import { amounts, type PodInfo, type Resources } from './pod-info.ts';

/** Taken for pods that ask for nothing, so that they spread all the same. */
const DEFAULT_REQUESTS: Resources = new Map([
  ['cpu', 100],
  ['memory', 200 * 1024 * 1024],
]);

/** A node and what is on it. Changed only by the cache, never while a pod is being placed. */
export class NodeInfo {
  readonly name: string;
  node: Node;
  allocatable: Resources;
  readonly pods = new Map<string, PodInfo>();
  readonly requested = new Map<string, number>();
  /** As `requested`, with the defaults for pods that ask for nothing. */
  readonly assumed = new Map<string, number>();
  readonly #byNamespace = new Map<string, Map<string, PodInfo>>();
  readonly #byPriority = new Map<number, number>();
  #withAffinity = 0;
  #withAntiAffinity = 0;

  constructor(node: Node) {
    this.name = node.metadata.name ?? '';
    this.node = node;
    this.allocatable = amounts(node.status?.allocatable);
  }

  get labels(): Readonly<Record<string, string>> {
    return this.node.metadata.labels ?? {};
  }

  /** Whether a pod here has any rule about others. */
  get hasAffinity(): boolean {
    return this.#withAffinity > 0;
  }

  /** Whether a pod here keeps others away by a required rule of its own. */
  get hasAntiAffinity(): boolean {
    return this.#withAntiAffinity > 0;
  }

  setNode(node: Node): void {
    if (node.status?.allocatable !== this.node.status?.allocatable)
      this.allocatable = amounts(node.status?.allocatable);
    this.node = node;
  }

  /** Whether a pod here is less important than this. */
  hasLesser(priority: number): boolean {
    return this.#byPriority.keys().some((present) => present < priority);
  }

  /** For what would be if it had other pods. */
  copy(): NodeInfo {
    const copy = new NodeInfo(this.node);
    for (const info of this.pods.values()) copy.addPod(info);
    return copy;
  }

  podsIn(namespace: string): Iterable<PodInfo> {
    return this.#byNamespace.get(namespace)?.values() ?? [];
  }

  addPod(info: PodInfo): void {
    this.removePod(info.key);
    this.pods.set(info.key, info);
    const namespace = info.pod.metadata.namespace ?? '';
    const siblings = this.#byNamespace.get(namespace) ?? new Map<string, PodInfo>();
    this.#byNamespace.set(namespace, siblings.set(info.key, info));
    this.#count(info, 1);
  }

  removePod(key: string): void {
    const info = this.pods.get(key);
    if (info === undefined) return;
    this.pods.delete(key);
    const namespace = info.pod.metadata.namespace ?? '';
    const siblings = this.#byNamespace.get(namespace);
    siblings?.delete(key);
    if (siblings?.size === 0) this.#byNamespace.delete(namespace);
    this.#count(info, -1);
  }

  #count({ requests, pod, priority }: PodInfo, sign: 1 | -1): void {
    const alike = (this.#byPriority.get(priority) ?? 0) + sign;
    if (alike === 0) this.#byPriority.delete(priority);
    else this.#byPriority.set(priority, alike);
    for (const [name, value] of requests) add(this.requested, name, sign * value);
    for (const [name, value] of scoredRequests(requests)) add(this.assumed, name, sign * value);
    const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {};
    if (podAffinity !== undefined || podAntiAffinity !== undefined) this.#withAffinity += sign;
    if (podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined) {
      this.#withAntiAffinity += sign;
    }
  }
}

/** CPU and memory of a pod as far as scores go. */
export function scoredRequests(requests: Resources): Resources {
  return new Map([...DEFAULT_REQUESTS].map(([name, value]) => [name, requests.get(name) ?? value]));
}

function add(amounts: Map<string, number>, name: string, value: number): void {
  amounts.set(name, (amounts.get(name) ?? 0) + value);
}
