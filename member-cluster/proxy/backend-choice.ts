import { BlockList, isIPv6 } from 'node:net';
import type { Clock } from '../../src/component-base/index.ts';
import type { Backend, ForwardingRule } from './proxier.ts';

interface Stickiness {
  readonly backend: Backend;
  readonly until: number;
}

/** Clients remembered by one rule; the ones silent longest are forgotten first. */
const MAX_CLIENTS = 10_000;

/** The node that an address belongs to, itself or that of one of its pods. */
export type NodeOf = (address: string) => string | undefined;

/** Chooses backends for the clients of one rule, in turn, or the one a client had. */
export class BackendChoice {
  readonly #clock: Clock;
  readonly #nodeOf: NodeOf;
  readonly #sticky = new Map<string, Stickiness>();
  #rule: ForwardingRule;
  #allowed: BlockList | undefined;
  #turn: number;

  constructor(rule: ForwardingRule, clock: Clock, nodeOf: NodeOf) {
    this.#clock = clock;
    this.#nodeOf = nodeOf;
    this.#rule = rule;
    this.#allowed = allowList(rule);
    this.#turn = Math.floor(clock.random() * rule.backends.length);
  }

  get rule(): ForwardingRule {
    return this.#rule;
  }

  set rule(rule: ForwardingRule) {
    this.#rule = rule;
    this.#allowed = allowList(rule);
  }

  admits(client: string): boolean {
    return this.#allowed === undefined || this.#allowed.check(client, isIPv6(client) ? 'ipv6' : 'ipv4');
  }

  /** All backends that this client may have, in the order to try them. */
  candidates(client: string): readonly Backend[] {
    const backends = this.#backendsFor(client);
    if (backends.length < 2) return backends;
    const had = this.#had(client);
    const first = had === undefined ? -1 : backends.findIndex((backend) => isSame(backend, had));
    const from = first === -1 ? this.#turn++ % backends.length : first;
    return [...backends.slice(from), ...backends.slice(0, from)];
  }

  /** This one took the client's connection. */
  took(client: string, backend: Backend): void {
    const { affinitySeconds } = this.#rule;
    if (affinitySeconds === undefined) return;
    this.#sticky.delete(client);
    this.#sticky.set(client, { backend, until: this.#clock.now() + affinitySeconds * 1000 });
    if (this.#sticky.size <= MAX_CLIENTS) return;
    for (const oldest of this.#sticky.keys()) {
      this.#sticky.delete(oldest);
      return;
    }
  }

  #backendsFor(client: string): readonly Backend[] {
    const { backends, ownNodeOnly } = this.#rule;
    const node = ownNodeOnly ? this.#nodeOf(client) : undefined;
    return node === undefined ? backends : backends.filter((backend) => backend.node === node);
  }

  #had(client: string): Backend | undefined {
    if (this.#rule.affinitySeconds === undefined) return undefined;
    const found = this.#sticky.get(client);
    return found !== undefined && found.until > this.#clock.now() ? found.backend : undefined;
  }
}

export const isSame = (a: Backend, b: Backend): boolean => a.host === b.host && a.port === b.port;

function allowList({ allowedSources }: ForwardingRule): BlockList | undefined {
  if (allowedSources.length === 0) return undefined;
  const list = new BlockList();
  for (const source of allowedSources) {
    const [address = '', bits] = source.split('/');
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return list;
}
