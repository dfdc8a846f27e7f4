import type { Logger } from '../../src/component-base/index.ts';
import type { QuickAnswers } from './cache/quick-answers.ts';
import type { DnsMetrics } from './dns-metrics.ts';
import type { Responder } from './packet-responder.ts';

export interface UdpDeps {
  readonly respond: Responder;
  /** What `respond` keeps, to be asked first. */
  readonly quick?: QuickAnswers | undefined;
  readonly metrics?: DnsMetrics;
  readonly log: Logger;
}
