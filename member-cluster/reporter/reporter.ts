import { namespaces, secrets, type Secret } from '../../src/apis/index.ts';
import { createRemoteClient, type Client } from '../../src/client/index.ts';
import { aborted, type Clock, type Logger, type Runnable } from '../../src/component-base/index.ts';
import type { InformerSet } from '../../src/controller/index.ts';
import {
  checkTarget,
  parsePeers,
  REPORTER_LABEL,
  REPORTER_NAMESPACE,
  reporterRoles,
  type Peers,
  type ReportingPath,
  type ShardWatchDeps,
} from '../../src/reachability/index.ts';
import type { FederationReporter } from './federation-reporter.ts';
import type { PathClient } from './report-paths.ts';
import { ensureReporterAccount } from './reporter-account.ts';

export interface ReporterDeps {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly clock: Clock;
  readonly log: Logger;
  /** How an address of a shard is looked at; as a client would when absent. */
  readonly check?: ShardWatchDeps['check'];
  /** To the APIs of other members; over HTTPS when absent. */
  readonly createClient?: (path: ReportingPath) => PathClient;
}

interface Running {
  readonly reporter: FederationReporter;
  readonly stop: AbortController;
}

const RETRY_MS = 5_000;

/**
 * The member's vantage point. Once it is joined to a federation, which shows by the federation's namespace, it makes the
 * account that reporters of others use; once that federation tells it whom to look at, it looks, and goes on looking
 * when the federation is heard no more.
 */
export function createReporter(deps: ReporterDeps): Runnable {
  return {
    name: 'reporter',
    async run(signal, ready) {
      const { informers, log } = deps;
      const running = new Map<string, Running>();
      const work = new Set<Promise<void>>();
      const track = (promise: Promise<void>) => {
        const tracked = promise
          .catch((err: unknown) => {
            log.error({ err }, 'reporter failed');
          })
          .finally(() => {
            work.delete(tracked);
          });
        work.add(tracked);
      };
      const follow = sequential(async (key: string, peers: Peers | undefined) => {
        const known = running.get(key);
        if (peers === undefined) {
          running.delete(key);
          known?.stop.abort();
          await known?.reporter.retract();
        } else if (known !== undefined) await known.reporter.follow(peers);
        else if (!signal.aborted) {
          const reporter = await beginReporting(peers, deps);
          const stop = new AbortController();
          running.set(key, { reporter, stop });
          track(reporter.run(AbortSignal.any([signal, stop.signal])));
        }
      });
      const removals = [
        informers.of(namespaces).onEvent(({ type, key, object }) => {
          const isJoined = type === 'add' && key === REPORTER_NAMESPACE;
          if (isJoined && object.metadata.deletionTimestamp === undefined) track(makeAccount(deps, signal));
        }),
        informers.of(secrets, selection).onEvent(({ type, key, object }) => {
          if (object.metadata.labels?.[REPORTER_LABEL] !== reporterRoles.peers) return;
          track(follow(key, type === 'delete' ? undefined : readPeers(object, log)));
        }),
      ];
      ready();
      await aborted(signal);
      for (const remove of removals) remove();
      await Promise.all(work);
    },
  };
}

const selection = { namespace: REPORTER_NAMESPACE, labelSelector: REPORTER_LABEL };

/** Most members are in no federation: what they would never use is not loaded. */
async function beginReporting(peers: Peers, deps: ReporterDeps): Promise<FederationReporter> {
  const [{ FederationReporter }, { ReportPaths }] = await Promise.all([
    import('./federation-reporter.ts'),
    import('./report-paths.ts'),
  ]);
  const { client: own, clock, log, check = checkTarget, createClient = remote } = deps;
  const paths = new ReportPaths({ own, createClient, clock, log });
  return new FederationReporter(peers, { check, paths, clock, log });
}

function remote({ server, ca, token }: ReportingPath): PathClient {
  return createRemoteClient({ server, ca, credentials: { token }, callTimeoutMs: 3_000, userAgent: 'koinon-reporter' });
}

async function makeAccount({ client, clock, log }: ReporterDeps, signal: AbortSignal): Promise<void> {
  const isStopped = () => signal.aborted;
  while (!isStopped()) {
    try {
      await ensureReporterAccount(client, signal);
      return;
    } catch (err) {
      if (isStopped()) return;
      log.warn({ err }, 'cannot make the account of reporters');
      await clock.sleep(RETRY_MS, signal).catch(() => undefined);
    }
  }
}

function readPeers({ metadata, data }: Secret, log: Logger): Peers | undefined {
  try {
    return parsePeers(Buffer.from(data?.['peers'] ?? '', 'base64').toString('utf8'));
  } catch (err) {
    log.warn({ secret: metadata.name, err }, 'what a federation tells the reporter cannot be read');
    return undefined;
  }
}

/** One call after the other. */
function sequential<A extends unknown[]>(call: (...args: A) => Promise<void>): (...args: A) => Promise<void> {
  const last = { done: Promise.resolve() };
  return (...args) => {
    const done = last.done.then(() => call(...args));
    // Whoever asked for a call sees its failure; the next one begins all the same.
    last.done = done.catch(() => undefined);
    return done;
  };
}
