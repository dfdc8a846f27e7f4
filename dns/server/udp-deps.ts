import type { Logger } from '../../src/component-base/index.ts';
import type { DnsMetrics } from './dns-metrics.ts';
import type { GuardedAnswers } from './guard/guarded-responder.ts';
import type { Responder } from './packet-responder.ts';

export interface UdpDeps {
  readonly respond: Responder;
  /** What `respond` keeps, to be asked first. */
  readonly quick?: GuardedAnswers | undefined;
  readonly metrics?: DnsMetrics;
  readonly log: Logger;
}
