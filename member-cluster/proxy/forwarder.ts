import type { Socket } from 'node:net';
import type { Clock, Logger } from '../../src/component-base/index.ts';
import type { HostPort } from '../host-ports/index.ts';
import type { NodeOf } from './backend-choice.ts';
import type { ForwardingRule } from './proxier.ts';

/** What carries out one rule. */
export interface Forwarder {
  /** Rejects with the system's error when the address cannot be had; may be called again then. */
  open(): Promise<void>;
  /** Takes a rule for the same address, port and protocol. */
  update(rule: ForwardingRule): void;
  /** Frees the address at once. While `open` is under way it does nothing, and is to be called when that is done. */
  close(): void;
}

export interface ForwarderDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly nodeOf: NodeOf;
  readonly hostPort: HostPort;
  /** Every TCP connection that is open, to be closed when the proxier ends. */
  readonly connections: Set<Socket>;
}
