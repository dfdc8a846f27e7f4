export type Protocol = 'TCP' | 'UDP';

/** One endpoint that takes traffic. */
export interface Backend {
  readonly host: string;
  readonly port: number;
  /** The node it is on, where known. */
  readonly node?: string;
}

/** The port of a Service that a rule is there for. */
export interface ServicePortName {
  readonly namespace: string;
  readonly service: string;
  /** Empty for a port without a name. */
  readonly port: string;
}

/** What is to happen to traffic for one address and port. */
export interface ForwardingRule {
  readonly protocol: Protocol;
  readonly host: string;
  readonly port: number;
  readonly owner: ServicePortName;
  /** Where it goes. Without any, connections are refused. */
  readonly backends: readonly Backend[];
  /** Clients on a node of this cluster get backends of their own node only; others are on none and get any. */
  readonly ownNodeOnly: boolean;
  /** Present: a client keeps its backend until it was silent for so long. */
  readonly affinitySeconds?: number;
  /** CIDRs; everybody when empty. */
  readonly allowedSources: readonly string[];
}

/** An address that could not be listened on. */
export interface ForwardingProblem {
  readonly rule: ForwardingRule;
  /** `EACCES`, `EADDRINUSE`, `EADDRNOTAVAIL` … */
  readonly code: string;
  /** It is tried again by itself. */
  readonly retried: boolean;
}

/** Makes traffic go where rules say. */
export interface Proxier {
  /**
   * The whole desired state: what is not in `rules` is no more, rules that are the same object as before cost
   * nothing. At most one rule for an address, port and protocol. Nothing that is established is closed by a change
   * of backends. What goes wrong is told to the proxier's maker, once until it changes.
   */
  sync(rules: readonly ForwardingRule[]): void;
}

/** `TCP 127.9.96.5:80` */
export function ruleKey({ protocol, host, port }: Pick<ForwardingRule, 'protocol' | 'host' | 'port'>): string {
  return `${protocol} ${host.includes(':') ? `[${host}]` : host}:${port}`;
}
