import type { Clock, Logger, Runnable } from '../../src/component-base/index.ts';
import { WakeUp } from '../cluster/index.ts';
import { HostNames, type ResolveHostName } from './host-names.ts';

export interface HostNameUseDeps {
  readonly resolve: ResolveHostName;
  /** Of records: how long an address that was found counts. */
  readonly ttlSeconds: number;
  readonly clock: Clock;
  readonly log: Logger;
}

const UNRESOLVED_RETRY_MS = 10_000;
const SHORTEST_REFRESH_MS = 5_000;

/**
 * Who uses which host names of load balancers. Those in use are looked up with the TTL of the records made of them, beside
 * everything else: a resolver that takes its time delays no other record.
 */
export class HostNameUse implements Runnable {
  readonly name = 'host-names';
  readonly #deps: HostNameUseDeps;
  readonly #hostNames: HostNames;
  readonly #wakeUp: WakeUp;
  /** By who uses them. */
  readonly #used = new Map<string, readonly string[]>();
  readonly #handlers = new Set<(user: string) => void>();
  #signal: AbortSignal | undefined;

  constructor(deps: HostNameUseDeps) {
    this.#deps = deps;
    this.#hostNames = new HostNames(deps);
    this.#wakeUp = new WakeUp(deps.clock);
  }

  addressesOf(name: string): readonly string[] | undefined {
    return this.#hostNames.addressesOf(name);
  }

  /** Calls the handler for each user of names whose addresses became others; what is given back ends that. */
  onChange(handler: (user: string) => void): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  /** From now on `user` uses these and no others. */
  use(user: string, names: readonly string[]): void {
    if (names.length === 0) this.#used.delete(user);
    else this.#used.set(user, names);
    if (names.some((name) => this.#hostNames.addressesOf(name) === undefined)) void this.#learn(names);
  }

  /** Resolves when all in use have been looked up that were not known; to whether there were any. */
  async learnAll(signal: AbortSignal): Promise<boolean> {
    const unknown = this.#inUse().filter((name) => this.#hostNames.addressesOf(name) === undefined);
    await this.#hostNames.learn(unknown, signal);
    return unknown.length > 0;
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { clock } = this.#deps;
    this.#signal = signal;
    ready();
    const isStopped = () => signal.aborted;
    let at = this.#next();
    while (!isStopped()) {
      at = Math.min(at, this.#next());
      await this.#wakeUp.wait(Math.max(at - clock.now(), 0), signal);
      if (isStopped() || clock.now() < at) continue;
      await this.#look((looking) => this.#hostNames.refresh(new Set(this.#inUse()), looking));
      at = this.#next();
    }
  }

  async #learn(names: readonly string[]): Promise<void> {
    await this.#look((signal) => this.#hostNames.learn(names, signal));
    // What is not known yet is looked up again soon.
    this.#wakeUp.call();
  }

  async #look(look: (signal: AbortSignal) => Promise<ReadonlySet<string>>): Promise<void> {
    const signal = this.#signal;
    const isStopped = () => signal?.aborted !== false;
    if (signal === undefined || isStopped()) return;
    try {
      const changed = await look(signal);
      for (const [user, names] of this.#used) {
        if (names.some((name) => changed.has(name))) for (const handler of this.#handlers) handler(user);
      }
    } catch (err) {
      if (!isStopped()) this.#deps.log.warn({ err }, 'cannot resolve host names');
    }
  }

  /** With the TTL, and sooner while some have no address yet. */
  #next(): number {
    const isUnresolved = this.#inUse().some((name) => this.#hostNames.addressesOf(name) === undefined);
    // A TTL may be 0.
    const usualMs = Math.max(this.#deps.ttlSeconds * 1000, SHORTEST_REFRESH_MS);
    return this.#deps.clock.now() + (isUnresolved ? Math.min(usualMs, UNRESOLVED_RETRY_MS) : usualMs);
  }

  #inUse(): readonly string[] {
    return [...this.#used.values()].flat();
  }
}
