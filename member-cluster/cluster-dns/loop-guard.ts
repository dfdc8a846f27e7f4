import { randomUUID } from 'node:crypto';
import type { AskedName, DnsAddress, Upstreams } from '../../dns/server/index.ts';
import { aborted, mapConcurrent, type Clock, type Logger } from '../../src/component-base/index.ts';

export interface LoopGuardDeps {
  readonly upstreams: Pick<Upstreams, 'resolve'>;
  /** Domain (`.` for everything else) to the servers that are asked there; probed when they change. */
  readonly routes: () => ReadonlyMap<string, readonly DnsAddress[]>;
  readonly clock: Clock;
  readonly log: Logger;
}

const LABEL = 'koinon-loop-probe';
/** Whoever is configured elsewhere may make a loop, or end one, without our knowing. */
const PROBE_EVERY_MS = 60_000;
const AT_ONCE = 16;

/**
 * Finds servers that lead back to this one, as those of a machine's resolv.conf may: each is asked for a name that nobody
 * else knows, and whoever makes this server hear of it is asked no more, until it does so no longer.
 */
export class LoopGuard {
  readonly #deps: LoopGuardDeps;
  readonly #looping = new Set<string>();
  /** First label of a name under way to the server that was asked. */
  readonly #probes = new Map<string, string>();
  #heard = new Set<string>();

  constructor(deps: LoopGuardDeps) {
    this.#deps = deps;
  }

  /** The name is one of ours that came back. */
  note(name: string): boolean {
    const [token = '', label] = name.split('.', 2);
    if (label !== LABEL) return false;
    const server = this.#probes.get(token);
    if (server !== undefined) this.#heard.add(server);
    return server !== undefined;
  }

  /** Those that do not lead back here. */
  without(servers: readonly DnsAddress[]): readonly DnsAddress[] {
    return this.#looping.size === 0 ? servers : servers.filter((server) => !this.#looping.has(keyOf(server)));
  }

  /** Probes now, then now and then, and when `changed` says so; until `signal` aborts. */
  async run(signal: AbortSignal, changed: (handler: () => void) => () => void): Promise<void> {
    let wake = Promise.withResolvers<undefined>();
    const remove = changed(() => {
      wake.resolve(undefined);
    });
    while (!signal.aborted) {
      wake = Promise.withResolvers();
      await this.probe(signal);
      const waiting = new AbortController();
      const sleep = this.#deps.clock.sleep(PROBE_EVERY_MS, AbortSignal.any([signal, waiting.signal]));
      await Promise.race([sleep.catch(() => undefined), wake.promise, aborted(signal)]);
      waiting.abort();
    }
    remove();
  }

  async probe(signal: AbortSignal): Promise<void> {
    this.#heard = new Set();
    const all = [...this.#deps.routes()].flatMap(([domain, servers]) => servers.map((server) => ({ domain, server })));
    await mapConcurrent(all, AT_ONCE, ({ domain, server }) => this.#ask(domain, server, signal), signal);
    for (const server of this.#looping) if (!this.#heard.has(server)) this.#looping.delete(server);
    for (const server of this.#heard) {
      if (this.#looping.has(server)) continue;
      this.#looping.add(server);
      this.#deps.log.error({ server }, 'a DNS server leads back to this one and is asked no more: name others');
    }
  }

  async #ask(domain: string, server: DnsAddress, signal: AbortSignal): Promise<void> {
    const token = randomUUID();
    this.#probes.set(token, keyOf(server));
    const name = domain === '.' ? `${token}.${LABEL}` : `${token}.${LABEL}.${domain}`;
    const asked: AskedName = { name, type: 'TXT', edns: undefined };
    // Whether it answers is not asked here.
    await this.#deps.upstreams.resolve([server], asked, signal).catch(() => undefined);
    this.#probes.delete(token);
  }
}

const keyOf = ({ host, port }: DnsAddress) => `${host} ${port}`;
