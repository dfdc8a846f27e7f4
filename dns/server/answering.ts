import type { Clock, Logger, Registry } from '../../src/component-base/index.ts';
import { createChooser, createPlaces, type PlaceSource } from '../choice/index.ts';
import type { ZoneSource } from '../zone/index.ts';
import { authoritative } from './authoritative.ts';
import type { QuickContent } from './cache/create-quick-answers.ts';
import { chaos } from './chaos.ts';
import { countChosen } from './choice-metrics.ts';
import { choosing } from './choosing.ts';
import type { DnsHandler } from './dns-handler.ts';
import type { DnsMetrics } from './dns-metrics.ts';
import { guardedResponder, type GuardedResponder, type GuardOptions } from './guard/guarded-responder.ts';
import {
  bounded,
  errorsAsRcodes,
  measured,
  noTransfers,
  onlyEdnsVersion0,
  onlyInternetClass,
  refuse,
} from './layers.ts';
import type { MessageHandler } from './message-handler.ts';
import { logged, type QueryLog } from './query-log.ts';

/** What answers: zones, or a handler of one's own, which may be asked again only when its `generation` changed. */
export type DnsContent =
  | {
      readonly zones: ZoneSource;
      /** Where clients are, for names that answer each with the nearest; nobody is anywhere when absent. */
      readonly places?: PlaceSource;
    }
  | { readonly handler: DnsHandler; readonly generation?: () => unknown };

export type AnsweringOptions = DnsContent &
  GuardOptions & {
    readonly clock: Clock;
    readonly log: Logger;
    readonly metrics?: Registry;
    /** Zone transfers, updates, notifications, signed questions. */
    readonly messages?: MessageHandler;
    /** Questions to zones are noted there; each is then answered anew, which takes longer. */
    readonly queryLog?: QueryLog;
  };

/** Questions that may wait for answers from elsewhere. */
const MAX_PENDING = 1000;

/** What answers the packets of one server. */
export function createAnswering(options: AnsweringOptions, metrics: DnsMetrics, idleMs: number): GuardedResponder {
  const { handler, quickly } = contentOf(options);
  return guardedResponder({
    guard: options,
    handler,
    layers: layersOf(options, metrics),
    quickly,
    metrics,
    registry: options.metrics,
    messages: options.messages,
    clock: options.clock,
    log: options.log,
    idleMs,
  });
}

/** What every question goes through, the first of them outermost. */
function layersOf(
  { clock, log, identity = {} }: AnsweringOptions,
  metrics: DnsMetrics,
): (handler: DnsHandler) => DnsHandler {
  const layers = [
    measured(metrics, clock),
    errorsAsRcodes(log),
    bounded(MAX_PENDING),
    onlyEdnsVersion0,
    chaos(identity),
    onlyInternetClass,
    noTransfers,
  ];
  return (handler) => layers.reduceRight((next, layer) => layer(next), handler);
}

interface Content {
  readonly handler: DnsHandler;
  /** How its answers can be kept; absent where they cannot. */
  readonly quickly?: QuickContent;
}

function contentOf(options: AnsweringOptions): Content {
  if ('handler' in options) {
    const { handler, generation } = options;
    return generation === undefined ? { handler } : { handler, quickly: { generation } };
  }
  const { zones, places = createPlaces(), queryLog, clock } = options;
  const chooser = createChooser(places);
  const onChosen = countChosen(options.metrics);
  const handler = choosing(chooser, onChosen)(authoritative(zones)(refuse));
  if (queryLog !== undefined) return { handler: logged(queryLog, chooser, clock)(handler) };
  return { handler, quickly: { zones, choosing: { chooser, onChosen } } };
}
