import { isAlreadyExists, isNotFound } from '../../src/apimachinery/index.ts';
import { secrets, type Secret } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import {
  mapConcurrent,
  untilAborted,
  withDeadline,
  type Clock,
  type Logger,
  type Runnable,
} from '../../src/component-base/index.ts';
import type { Informer } from '../../src/controller/index.ts';
import {
  peersName,
  REPORTER_ACCOUNT,
  REPORTER_LABEL,
  REPORTER_NAMESPACE,
  reporterRoles,
  type Peers,
  type ReachTimings,
  type ReportingPath,
} from '../../src/reachability/index.ts';
import { isReady, serverAddressFor, type Cluster } from '../apis/index.ts';
import { WakeUp, type ClusterClients, type FederatedInformer } from '../cluster/index.ts';
import type { Targets } from './vantage-points.ts';

export interface PeerDirectoryDeps {
  readonly federationName: string;
  readonly clusters: Informer<Cluster>;
  readonly clients: Pick<ClusterClients, 'get'>;
  /** Those with the label of reporters, of all members. */
  readonly accounts: FederatedInformer<Secret>;
  readonly targets: Targets;
  readonly timings: ReachTimings;
  readonly clock: Clock;
  readonly log: Logger;
}

/** So many other members a reporter knows to pass its report on to. */
const PATHS = 4;
const GATHER_MS = 250;
const REPAIR_MS = 60_000;
const WRITE_TIMEOUT_MS = 5_000;
const AT_ONCE = 8;

/**
 * Tells the reporters in members whom to look at, how patiently, and who else may carry their word: one Secret in each
 * member that has a reporter, which stays there when the federation is away.
 */
export class PeerDirectory implements Runnable {
  readonly name = 'peer-directory';
  readonly #deps: PeerDirectoryDeps;
  readonly #wakeUp: WakeUp;

  constructor(deps: PeerDirectoryDeps) {
    this.#deps = deps;
    this.#wakeUp = new WakeUp(deps.clock);
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { clusters, accounts, targets, clock } = this.#deps;
    const call = () => {
      this.#wakeUp.call();
    };
    const removals = [
      targets.onChange(call),
      accounts.onEvent(call),
      accounts.onCluster(call),
      clusters.onEvent(({ type, object, previous }) => {
        if (type !== 'update' || previous === undefined || isReady(object) !== isReady(previous)) call();
      }),
    ];
    ready();
    const isStopped = () => signal.aborted;
    while (!isStopped()) {
      await this.#tellAll(signal);
      await this.#wakeUp.wait(REPAIR_MS, signal);
      // What changes together is told together.
      await clock.sleep(GATHER_MS, signal).catch(() => undefined);
    }
    for (const remove of removals) remove();
  }

  async #tellAll(signal: AbortSignal): Promise<void> {
    const { clusters } = this.#deps;
    const names = clusters.lister
      .list()
      .filter(isReady)
      .map(({ metadata }) => metadata.name ?? '')
      .filter((name) => this.#account(name) !== undefined)
      .sort();
    const outcomes = await mapConcurrent(names, AT_ONCE, (name) => this.#tell(name, names, signal));
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled' || signal.aborted) continue;
      this.#deps.log.debug({ cluster: names[index], err: outcome.reason }, 'cannot tell the reporter of cluster');
    }
  }

  async #tell(cluster: string, all: readonly string[], signal: AbortSignal): Promise<void> {
    const { clients, accounts, federationName } = this.#deps;
    const client = clients.get(cluster);
    if (client === undefined || !accounts.connected(cluster)) return;
    const name = peersName(federationName);
    const text = Buffer.from(JSON.stringify(this.#peersOf(cluster, all))).toString('base64');
    const present = accounts.get(cluster, `${REPORTER_NAMESPACE}/${name}`);
    if (present?.data?.['peers'] === text) return;
    const deadline = withDeadline(WRITE_TIMEOUT_MS, signal);
    await untilAborted(put(client, name, text, deadline), deadline);
  }

  #peersOf(cluster: string, all: readonly string[]): Peers {
    const { federationName: federation, timings, targets } = this.#deps;
    // Each begins with the next by name, so that not all use the same.
    const at = all.indexOf(cluster);
    const others = [...all.slice(at + 1), ...all.slice(0, at)];
    return {
      federation,
      cluster,
      timings,
      targets: targets.all().filter((target) => target.cluster !== cluster),
      paths: others.flatMap((other) => this.#pathTo(other) ?? []).slice(0, PATHS),
    };
  }

  #pathTo(cluster: string): ReportingPath | undefined {
    const object = this.#deps.clusters.lister.get(cluster);
    const server = object === undefined ? undefined : serverAddressFor(object);
    const account = this.#account(cluster);
    return server === undefined || account === undefined ? undefined : { cluster, server, ...account };
  }

  /** Complete, or none: a member whose reporter is not there yet, or that has none. */
  #account(cluster: string): { readonly ca: string; readonly token: string } | undefined {
    const { data } = this.#deps.accounts.get(cluster, `${REPORTER_NAMESPACE}/${REPORTER_ACCOUNT}`) ?? {};
    const token = decoded(data?.['token']);
    const ca = decoded(data?.['ca.crt']);
    return token === '' || ca === '' ? undefined : { ca, token };
  }
}

function decoded(text = ''): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

async function put(client: Client, name: string, peers: string, signal: AbortSignal): Promise<void> {
  const labels = { [REPORTER_LABEL]: reporterRoles.peers };
  const object = { metadata: { name, namespace: REPORTER_NAMESPACE, labels }, type: 'Opaque', data: { peers } };
  try {
    await client.update(secrets, { apiVersion: 'v1', kind: 'Secret', ...object }, { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
    try {
      await client.create(secrets, object, { signal });
    } catch (second) {
      if (!isAlreadyExists(second)) throw second;
    }
  }
}
