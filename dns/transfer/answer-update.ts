import type { Logger } from '../../src/component-base/index.ts';
import type { Rcode } from '../packet/index.ts';
import { decodeUpdate, requirePrerequisites, updateChanges, UpdateRefused } from '../update/index.ts';
import { ZoneError } from '../zone/index.ts';
import type { Requester } from './access.ts';
import type { TransferMetrics } from './transfer-metrics.ts';
import type { TransferSource } from './transfer-source.ts';
import type { ZoneRules } from './zone-rules.ts';

export interface AnswerUpdateDeps {
  readonly source: TransferSource;
  readonly rules: ReadonlyMap<string, ZoneRules>;
  readonly log: Logger;
  readonly metrics: TransferMetrics;
}

const IN = 1;
/** Updates that wait for the disk; whoever comes then is told to come again. */
const MAX_UPDATES = 200;

/** Answers updates, so many at a time. */
export function updateAnswerer(deps: AnswerUpdateDeps) {
  let running = 0;
  return async (packet: Buffer, who: Requester, signal: AbortSignal): Promise<Rcode> => {
    if (running >= MAX_UPDATES) return 'SERVFAIL';
    running++;
    try {
      return await answerUpdate(packet, who, deps, signal);
    } finally {
      running--;
    }
  };
}

/** Makes an update (RFC 2136 §3) and says what came of it. Throws `FormatError` on what is none. */
async function answerUpdate(
  packet: Buffer,
  who: Requester,
  { source, rules, log, metrics }: AnswerUpdateDeps,
  signal: AbortSignal,
): Promise<Rcode> {
  const request = decodeUpdate(packet);
  const { zone } = request;
  if (request.zoneClass !== IN || source.current().find(zone)?.name !== zone) return 'NOTAUTH';
  // Before anything is looked at: prerequisites tell what is in a zone.
  const mayChange = rules.get(zone)?.mayUpdate(who);
  const context = { zone, ...who, records: request.updates.length };
  let rcode: Rcode = 'NOERROR';
  try {
    if (mayChange === undefined) throw new UpdateRefused('REFUSED', 'nobody is let in by the rules of the zone');
    await source.change(
      zone,
      (current) => {
        requirePrerequisites(request.prerequisites, current);
        return updateChanges(request.updates, current, mayChange);
      },
      signal,
    );
    log.info(context, 'dns update made');
  } catch (err) {
    rcode = rcodeFor(err);
    if (rcode === 'SERVFAIL') log.error({ ...context, err }, 'dns update failed');
    else log.debug({ ...context, rcode, err }, 'dns update refused');
  }
  metrics.updates.labels(zone, rcode).inc();
  return rcode;
}

/** What the zone itself does not take is refused by policy; that it cannot be written is our failure. */
function rcodeFor(err: unknown): Rcode {
  if (err instanceof UpdateRefused) return err.rcode;
  const cause = err instanceof Error && err.cause instanceof Error ? err.cause : err;
  return cause instanceof ZoneError ? 'REFUSED' : 'SERVFAIL';
}
