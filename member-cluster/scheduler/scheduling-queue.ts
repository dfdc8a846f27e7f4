import type { Clock } from '../../src/component-base/index.ts';
import type { PodInfo } from './pod-info.ts';

const FIRST_BACK_OFF_MS = 1000;
const MAX_BACK_OFF_MS = 10_000;

interface Waiting {
  readonly info: PodInfo;
  readonly attempts: number;
  /** Not to be tried before. */
  readonly notBefore: number;
}

/**
 * Pods waiting for a node: ready to be tried by priority, then as they came; or put aside after a failure until
 * something in the cluster changes, and even then not before their back-off is over.
 */
export class SchedulingQueue {
  readonly #clock: Clock;
  /** By priority, highest first; in each the pods as they came. */
  #active: { readonly priority: number; readonly pods: Map<string, PodInfo> }[] = [];
  readonly #attempts = new Map<string, number>();
  readonly #aside = new Map<string, Waiting>();
  /** Timers of pods whose back-off has to pass first. */
  readonly #timers = new Map<string, () => void>();
  readonly #sleepers = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A pod that is new, or of which something changed that may help it. */
  add(info: PodInfo): void {
    this.#withdraw(info.key);
    this.#activate(info);
  }

  /** The pod is placed, or gone. */
  remove(key: string): void {
    this.#withdraw(key);
    this.#attempts.delete(key);
  }

  has(key: string): boolean {
    return this.#aside.has(key) || this.#active.some(({ pods }) => pods.has(key));
  }

  /** The pod as it is now, wherever it waits; one that was changed keeps its place. */
  refresh(info: PodInfo): void {
    const aside = this.#aside.get(info.key);
    if (aside !== undefined) this.#aside.set(info.key, { ...aside, info });
    for (const { pods } of this.#active) if (pods.has(info.key)) pods.set(info.key, info);
  }

  /** No node will do: until `retry`. */
  setAside(info: PodInfo): void {
    this.#withdraw(info.key);
    const attempts = (this.#attempts.get(info.key) ?? 0) + 1;
    this.#attempts.set(info.key, attempts);
    const backOffMs = Math.min(FIRST_BACK_OFF_MS * 2 ** (attempts - 1), MAX_BACK_OFF_MS);
    this.#aside.set(info.key, { info, attempts, notBefore: this.#clock.now() + backOffMs });
  }

  /** Something failed that has nothing to do with the cluster's state: again after the back-off. */
  backOff(info: PodInfo): void {
    this.setAside(info);
    this.retry((each) => each.key === info.key);
  }

  /** The cluster changed in a way that may help these. */
  retry(mayHelp: (info: PodInfo) => boolean = () => true): void {
    for (const [key, { info, notBefore }] of this.#aside) {
      if (this.#timers.has(key) || !mayHelp(info)) continue;
      const waitMs = notBefore - this.#clock.now();
      if (waitMs <= 0) {
        this.add(info);
        continue;
      }
      const cancel = this.#clock.after(waitMs, () => {
        const waiting = this.#aside.get(key);
        if (waiting !== undefined) this.add(waiting.info);
      });
      this.#timers.set(key, cancel);
    }
  }

  /** The next pod, waited for. Ends when `signal` aborts. */
  async *take(signal: AbortSignal): AsyncGenerator<PodInfo, void, undefined> {
    while (!signal.aborted) {
      const next = this.#shift();
      if (next === undefined) await this.#arrival(signal);
      else yield next;
    }
  }

  /** No timer is left behind. */
  close(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #activate(info: PodInfo): void {
    let level = this.#active.find(({ priority }) => priority === info.priority);
    if (level === undefined) {
      level = { priority: info.priority, pods: new Map() };
      this.#active = [...this.#active, level].sort((a, b) => b.priority - a.priority);
    }
    level.pods.set(info.key, info);
    for (const wake of this.#sleepers) wake();
  }

  #shift(): PodInfo | undefined {
    for (const { pods } of this.#active) {
      for (const [key, info] of pods) {
        pods.delete(key);
        return info;
      }
    }
    return undefined;
  }

  #withdraw(key: string): void {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
    this.#aside.delete(key);
    for (const { pods } of this.#active) pods.delete(key);
  }

  async #arrival(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const wake = () => {
      resolve(undefined);
    };
    this.#sleepers.add(wake);
    signal.addEventListener('abort', wake, { once: true });
    await promise;
    signal.removeEventListener('abort', wake);
    this.#sleepers.delete(wake);
  }
}
