import { LRUCache } from 'lru-cache';
import type { Clock } from '../../../src/component-base/index.ts';
import type { DnsAddress } from '../dns-address.ts';

/** A server that said nothing is asked last for so long. */
const DISTRUST_MS = 10_000;
const MAX_SERVERS = 1000;

/** Who of several servers is asked first: as given, but those that were silent lately last. */
export class ServerOrder {
  readonly #clock: Clock;
  readonly #silentUntil = new LRUCache<string, number>({ max: MAX_SERVERS });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(servers: readonly DnsAddress[]): readonly DnsAddress[] {
    if (servers.length < 2 || this.#silentUntil.size === 0) return servers;
    const now = this.#clock.now();
    const isSilent = (server: DnsAddress) => (this.#silentUntil.get(keyOf(server)) ?? now) > now;
    return [...servers.filter((server) => !isSilent(server)), ...servers.filter(isSilent)];
  }

  answered(server: DnsAddress): void {
    this.#silentUntil.delete(keyOf(server));
  }

  silent(server: DnsAddress): void {
    this.#silentUntil.set(keyOf(server), this.#clock.now() + DISTRUST_MS);
  }
}

const keyOf = ({ host, port }: DnsAddress) => `${host} ${port}`;
