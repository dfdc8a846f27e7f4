import { isAlreadyExists, isNotFound } from '../../src/apimachinery/index.ts';
import { configMaps, type ConfigMap } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock, Logger, Runnable } from '../../src/component-base/index.ts';
import { WakeUp } from '../cluster/index.ts';
import { PUBLISHING_REPORT, type PublishingReport } from '../publishing/index.ts';
import type { PublishingState } from './publishing-state.ts';

export interface ReportedPublisher {
  state(): PublishingState;
  onChange(handler: () => void): () => void;
}

export interface PublishingReportDeps {
  readonly publishers: readonly ReportedPublisher[];
  readonly federation: Client;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What waits for less is on its way. */
const LATE_AFTER_MS = 10_000;
const WRITE_EVERY_MS = 5_000;
const MOST_NAMED = 20;

/** Keeps a ConfigMap of what waits to be published and why, for `koinon status` and whoever looks. Written when that changes. */
export function publishingReport({ publishers, federation, clock, log }: PublishingReportDeps): Runnable {
  return {
    name: 'dns-publishing-report',
    async run(signal, ready) {
      const wakeUp = new WakeUp(clock);
      const removals = publishers.map((publisher) =>
        publisher.onChange(() => {
          wakeUp.call();
        }),
      );
      ready();
      let written: string | undefined;
      const isStopped = () => signal.aborted;
      while (!isStopped()) {
        const data = dataOf(publishers, clock.now());
        const text = JSON.stringify(data);
        try {
          if (text !== written) await write(federation, data, signal);
          written = text;
        } catch (err) {
          if (!isStopped()) log.warn({ err }, 'cannot write what waits to be published');
        }
        const isQuiet = text === written && publishers.every((publisher) => publisher.state().waiting === 0);
        if (isQuiet) await wakeUp.wait(FOREVER_MS, signal);
        await clock.sleep(WRITE_EVERY_MS, signal).catch(() => undefined);
      }
      for (const remove of removals) remove();
    },
  };
}

/** Somebody calls when there is something to do. */
const FOREVER_MS = 3_600_000;

function dataOf(publishers: readonly ReportedPublisher[], now: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    publishers.map((publisher) => {
      const state = publisher.state();
      return [state.target, JSON.stringify(reportOf(state, now))];
    }),
  );
}

function reportOf(state: PublishingState, now: number): PublishingReport {
  const { zone, waiting, waitingSince, problem, stuck, dryRun } = state;
  const isLate = waitingSince !== undefined && now - waitingSince >= LATE_AFTER_MS;
  return {
    zone,
    waiting: isLate ? waiting : 0,
    ...(isLate ? { waitingSince: new Date(waitingSince).toISOString() } : {}),
    ...(problem === undefined ? {} : { problem }),
    stuck: stuck.size,
    stuckServices: Object.fromEntries([...stuck].sort().slice(0, MOST_NAMED)),
    ...(dryRun ? { dryRun } : {}),
  };
}

async function write(federation: Client, data: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
  const report: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: PUBLISHING_REPORT, data };
  try {
    await federation.update(configMaps, report, { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
    try {
      await federation.create(configMaps, report, { signal });
    } catch (raced) {
      // It is written again with the next change.
      if (!isAlreadyExists(raced)) throw raced;
    }
  }
}
