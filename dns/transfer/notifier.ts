import { aborted, withDeadline, type Clock, type Logger, type Runnable } from '../../src/component-base/index.ts';
import type { TsigKey } from '../tsig/index.ts';
import type { ZoneSource } from '../zone/index.ts';
import { Bell } from './bell.ts';
import { sendNotify } from './send-notify.ts';
import type { TransferMetrics } from './transfer-metrics.ts';
import type { NotifyTarget, ZoneTransferOptions } from './transfer-options.ts';

export interface NotifierDeps {
  readonly source: ZoneSource;
  readonly zones: readonly ZoneTransferOptions[];
  readonly keys: readonly TsigKey[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: TransferMetrics;
}

/** How long a server may take to acknowledge. */
const ATTEMPT_MS = 2000;
/** Then it finds out by itself, when its copy is to be refreshed. */
const MAX_ATTEMPTS = 6;
const FIRST_RETRY_MS = 1000;
/** Changes that come one upon the other are told of together. */
const PAUSE_MS = 200;

/** Tells servers of changes (RFC 1996), and of what there is when it starts. Ready at once; start it when zones are loaded. */
export function createNotifier(deps: NotifierDeps): Runnable {
  const { source, zones } = deps;
  const pairs = zones.flatMap(({ zone, notify = [] }) => notify.map((target) => ({ zone, target, bell: new Bell() })));
  return {
    name: 'dns-notifier',
    run: async (signal, ready) => {
      const stop = source.onChange(({ zone }) => {
        for (const pair of pairs) if (pair.zone === zone) pair.bell.ring();
      });
      ready();
      try {
        for (const { bell } of pairs) bell.ring();
        await Promise.all([aborted(signal), ...pairs.map((pair) => keepTold(pair, deps, signal))]);
      } finally {
        stop();
      }
    },
  };
}

interface Pair {
  readonly zone: string;
  readonly target: NotifyTarget;
  readonly bell: Bell;
}

async function keepTold(pair: Pair, deps: NotifierDeps, signal: AbortSignal): Promise<void> {
  const { zone, target, bell } = pair;
  const { clock, log, metrics } = deps;
  metrics.untold.labels(zone).inc(0);
  let isUntold = false;
  while (await bell.heard(signal)) {
    const failure = await tell(pair, deps, signal);
    if (signal.aborted) return;
    if (isUntold !== (failure !== undefined)) metrics.untold.labels(zone).inc(isUntold ? -1 : 1);
    isUntold = failure !== undefined;
    metrics.notifies.labels(zone, failure === undefined ? 'acknowledged' : 'given up').inc();
    if (failure !== undefined)
      log.warn({ zone, ...addressOf(target), err: failure }, 'dns server not told of a change');
    await pause(clock, PAUSE_MS, signal);
  }
}

/** Why it could not be told; undefined when it has acknowledged. */
async function tell({ zone: name, target }: Pair, deps: NotifierDeps, signal: AbortSignal): Promise<unknown> {
  const { source, keys, clock } = deps;
  const key = keys.find((candidate) => candidate.name === target.key);
  let failure: unknown;
  for (let attempt = 0; attempt < MAX_ATTEMPTS && !signal.aborted; attempt++) {
    if (attempt > 0) await pause(clock, FIRST_RETRY_MS * 2 ** (attempt - 1), signal);
    const soa = source
      .current()
      .find(name)
      ?.sets(name)
      .find(({ type }) => type === 'SOA');
    if (soa === undefined) return undefined;
    try {
      await sendNotify(target, soa, { key, clock }, withDeadline(ATTEMPT_MS, signal));
      return undefined;
    } catch (err) {
      failure = err;
    }
  }
  return failure;
}

const addressOf = ({ host, port }: NotifyTarget) => ({ host, port });

/** Ends early, and quietly, with `signal`. */
async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (err) {
    if (!signal.aborted) throw err;
  }
}
