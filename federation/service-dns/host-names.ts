import { promises as dns } from 'node:dns';
import { mapConcurrent, untilAborted, withDeadline, type Clock, type Logger } from '../../src/component-base/index.ts';

/** The addresses of a host name; rejects when none can be found. */
export type ResolveHostName = (name: string, signal: AbortSignal) => Promise<readonly string[]>;

/** By the resolver of this machine, both families. */
export const systemResolver: ResolveHostName = async (name) => {
  const answers = await Promise.allSettled([dns.resolve4(name), dns.resolve6(name)]);
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const [failure] = answers.filter((answer) => answer.status === 'rejected');
  if (addresses.length === 0 && failure !== undefined) throw failure.reason;
  return addresses.sort();
};

export interface HostNamesDeps {
  readonly resolve: ResolveHostName;
  readonly clock: Clock;
  readonly log: Logger;
}

const RESOLVE_TIMEOUT_MS = 5_000;
const CONCURRENT = 16;

/** Addresses of load balancers that are known by name, kept fresh. The last good answer counts while a resolver fails. */
export class HostNames {
  readonly #deps: HostNamesDeps;
  readonly #known = new Map<string, readonly string[]>();

  constructor(deps: HostNamesDeps) {
    this.#deps = deps;
  }

  addressesOf(name: string): readonly string[] | undefined {
    return this.#known.get(name);
  }

  /** Resolves all; returns those whose addresses are new or others than before. Forgets every other name. */
  async refresh(names: ReadonlySet<string>, signal: AbortSignal): Promise<ReadonlySet<string>> {
    for (const name of this.#known.keys()) if (!names.has(name)) this.#known.delete(name);
    return this.#resolve([...names], signal);
  }

  /** Resolves those of which nothing is known yet. */
  async learn(names: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    return this.#resolve(
      names.filter((name) => !this.#known.has(name)),
      signal,
    );
  }

  async #resolve(names: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const changed = new Set<string>();
    await mapConcurrent(
      names,
      CONCURRENT,
      async (name) => {
        if (await this.#look(name, signal)) changed.add(name);
      },
      signal,
    );
    return changed;
  }

  async #look(name: string, signal: AbortSignal): Promise<boolean> {
    const deadline = withDeadline(RESOLVE_TIMEOUT_MS, signal);
    try {
      const addresses = [...(await untilAborted(this.#deps.resolve(name, deadline), deadline))].sort();
      const before = this.#known.get(name);
      this.#known.set(name, addresses);
      return before?.join() !== addresses.join();
    } catch (err) {
      signal.throwIfAborted();
      this.#deps.log.warn({ hostName: name, err }, 'cannot resolve the host name of a load balancer');
      return false;
    }
  }
}
