import type { Clock, Logger, Registry, Runnable } from '../../src/component-base/index.ts';
import type { MessageHandler } from '../server/index.ts';
import { createNotifier } from './notifier.ts';
import { createTransferMetrics } from './transfer-metrics.ts';
import type { TransferOptions } from './transfer-options.ts';
import type { TransferSource } from './transfer-source.ts';
import { zoneMessages } from './zone-messages.ts';
import { zoneRules } from './zone-rules.ts';

export interface TransfersDeps {
  readonly source: TransferSource;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Registry | undefined;
}

/** What other servers and clients have to do with zones of ours, beside asking. */
export interface Transfers {
  /** Transfers, updates and signed messages, for a server. */
  readonly messages: MessageHandler;
  /** Tells other servers of changes; to be started when the zones are loaded. */
  readonly notifier: Runnable;
}

/** Throws `TypeError` on options that contradict themselves. */
export function createTransfers(
  options: TransferOptions,
  { source, clock, log, metrics: registry }: TransfersDeps,
): Transfers {
  const metrics = createTransferMetrics(registry);
  const { keys = [], zones } = options;
  const rules = zoneRules(options);
  return {
    messages: zoneMessages({ source, rules, keys, clock, log, metrics }),
    notifier: createNotifier({ source, zones, keys, clock, log, metrics }),
  };
}
