import type { Socket } from 'node:net';
import type { Clock, Logger } from '../../src/component-base/index.ts';
import type { HostPort } from '../host-ports/index.ts';
import type { NodeOf } from './backend-choice.ts';
import type { Forwarder, ForwarderDeps } from './forwarder.ts';
import { ruleKey, type ForwardingProblem, type ForwardingRule, type Proxier } from './proxier.ts';
import { Retry } from './retry.ts';
import { TcpForwarder } from './tcp-forwarder.ts';
import { UdpForwarder } from './udp-forwarder.ts';

export interface ForwardingProxierOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly nodeOf: NodeOf;
  /** Where ports are really opened. */
  readonly hostPort: HostPort;
  /** Told once of an address that cannot be had, and again only after it could be, or its rule had gone. */
  readonly onProblem: (problem: ForwardingProblem) => void;
}

/** Carries traffic itself, from addresses it listens on. For where every address is this machine's own. */
export class ForwardingProxier implements Proxier, Disposable {
  readonly #options: ForwardingProxierOptions;
  readonly #connections = new Set<Socket>();
  readonly #listeners = new Map<string, Listener>();

  constructor(options: ForwardingProxierOptions) {
    this.#options = options;
  }

  /** How many addresses and ports there are rules with backends for. */
  get size(): number {
    return this.#listeners.size;
  }

  sync(rules: readonly ForwardingRule[]): void {
    const wanted = new Map<string, ForwardingRule>();
    for (const rule of rules) if (rule.backends.length > 0) wanted.set(ruleKey(rule), rule);
    for (const [key, listener] of this.#listeners) {
      if (wanted.has(key)) continue;
      listener.close();
      this.#listeners.delete(key);
    }
    for (const [key, rule] of wanted) {
      const listener = this.#listeners.get(key);
      if (listener === undefined) this.#listeners.set(key, this.#listen(rule));
      else listener.update(rule);
    }
  }

  /** Frees all addresses and ends all connections. */
  [Symbol.dispose](): void {
    this.sync([]);
    for (const socket of this.#connections) socket.resetAndDestroy();
  }

  #listen(rule: ForwardingRule): Listener {
    const listener = new Listener(rule, this.#options, this.#connections);
    listener.open();
    return listener;
  }
}

/** One rule's forwarder, and the trying until it listens. */
class Listener {
  readonly #options: ForwardingProxierOptions;
  readonly #forwarder: Forwarder;
  readonly #retry: Retry;
  #rule: ForwardingRule;
  #closed = false;
  #failures = 0;
  #reported: string | undefined;

  constructor(rule: ForwardingRule, options: ForwardingProxierOptions, connections: Set<Socket>) {
    this.#rule = rule;
    this.#options = options;
    this.#retry = new Retry(options.clock);
    const { clock, log, nodeOf, hostPort } = options;
    const deps: ForwarderDeps = { clock, log, nodeOf, hostPort, connections };
    this.#forwarder = rule.protocol === 'TCP' ? new TcpForwarder(rule, deps) : new UdpForwarder(rule, deps);
  }

  update(rule: ForwardingRule): void {
    if (rule === this.#rule) return;
    this.#rule = rule;
    this.#forwarder.update(rule);
  }

  close(): void {
    this.#closed = true;
    this.#retry.stop();
    this.#forwarder.close();
  }

  open(): void {
    this.#forwarder.open().then(
      () => {
        this.#reported = undefined;
        this.#failures = 0;
        this.#retry.stop();
        // Closed while it was being opened: `close` had nothing to free yet.
        if (this.#closed) this.#forwarder.close();
      },
      (err: unknown) => {
        if (!this.#closed) this.#failed(codeOf(err));
      },
    );
  }

  #failed(code: string): void {
    // Rights do not come by waiting.
    const retried = code !== 'EACCES';
    this.#failures++;
    // Whoever had the address may be about to leave it, such as the rule that was there before.
    const fleeting = code === 'EADDRINUSE' && this.#failures === 1;
    if (this.#reported !== code && !fleeting) {
      this.#options.onProblem({ rule: this.#rule, code, retried });
      this.#reported = code;
    }
    if (retried) {
      this.#retry.after(() => {
        this.open();
      });
    }
  }
}

function codeOf(err: unknown): string {
  return err instanceof Error && 'code' in err && typeof err.code === 'string' ? err.code : String(err);
}
