import { isNotFound } from '../../src/apimachinery/index.ts';
import { configMaps } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { mapConcurrent, untilAborted, withDeadline, type Clock, type Logger } from '../../src/component-base/index.ts';
import {
  REPORTER_LABEL,
  REPORTER_NAMESPACE,
  reporterRoles,
  reportName,
  type Report,
  type ReportingPath,
} from '../../src/reachability/index.ts';

export type PathClient = Client & Partial<AsyncDisposable>;

export interface ReportPathsDeps {
  /** Of the member that the reporter is in. */
  readonly own: Client;
  readonly createClient: (path: ReportingPath) => PathClient;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Path {
  readonly path: ReportingPath;
  readonly client: PathClient;
  /** It failed, and is left alone until then. */
  restsUntil: number;
}

/** Beside its own API: one that is as cut off as we are would not help. */
const OTHERS = 2;
const WRITE_TIMEOUT_MS = 3_000;
const REST_MS = 15_000;

/** Where a report is left for the hub to find: in the member's own API, and in those of a few others that answer. */
export class ReportPaths implements AsyncDisposable {
  readonly #deps: ReportPathsDeps;
  #paths: readonly Path[] = [];

  constructor(deps: ReportPathsDeps) {
    this.#deps = deps;
  }

  /** The likeliest first. */
  async set(paths: readonly ReportingPath[]): Promise<void> {
    const before = new Map(this.#paths.map((path) => [JSON.stringify(path.path), path]));
    this.#paths = paths.map((path) => {
      const known = before.get(JSON.stringify(path));
      before.delete(JSON.stringify(path));
      return known ?? { path, client: this.#deps.createClient(path), restsUntil: -Infinity };
    });
    for (const { client } of before.values()) await this.#close(client);
  }

  /** Resolves when all that was tried has ended; rejects when its own API takes nothing. */
  async write(report: Report, signal: AbortSignal): Promise<void> {
    const passedOn = this.#passOn(report, signal);
    try {
      await put(this.#deps.own, report, signal);
    } finally {
      await passedOn;
    }
  }

  /** Takes the report out of its own API. */
  async remove(federation: string, cluster: string, signal: AbortSignal): Promise<void> {
    const key = { namespace: REPORTER_NAMESPACE, name: reportName(federation, cluster) };
    try {
      await this.#deps.own.delete(configMaps, key, { signal });
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.set([]);
  }

  async #passOn(report: Report, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#deps;
    const chosen = this.#paths.filter(({ restsUntil }) => restsUntil <= clock.now()).slice(0, OTHERS);
    const outcomes = await mapConcurrent(chosen, OTHERS, ({ client }) => put(client, report, signal));
    for (const [index, outcome] of outcomes.entries()) {
      const path = chosen[index];
      if (outcome.status === 'fulfilled' || path === undefined || signal.aborted) continue;
      path.restsUntil = clock.now() + REST_MS;
      log.debug({ via: path.path.cluster, err: outcome.reason }, 'cannot pass on what was seen');
    }
  }

  async #close(client: PathClient): Promise<void> {
    try {
      await client[Symbol.asyncDispose]?.();
    } catch (err) {
      this.#deps.log.debug({ err }, 'old client did not close cleanly');
    }
  }
}

/** A report is whole: whatever stood there before is replaced, whoever wrote it. */
async function put(client: Client, report: Report, signal: AbortSignal): Promise<void> {
  const deadline = withDeadline(WRITE_TIMEOUT_MS, signal);
  const object = {
    metadata: {
      name: reportName(report.federation, report.cluster),
      namespace: REPORTER_NAMESPACE,
      labels: { [REPORTER_LABEL]: reporterRoles.report },
    },
    data: { report: JSON.stringify(report) },
  };
  const whole = { apiVersion: 'v1', kind: 'ConfigMap', ...object };
  try {
    await untilAborted(client.update(configMaps, whole, { signal: deadline }), deadline);
  } catch (err) {
    if (!isNotFound(err)) throw err;
    await untilAborted(client.create(configMaps, object, { signal: deadline }), deadline);
  }
}
