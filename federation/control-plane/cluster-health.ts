import type { Service } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock, Logger, Runnable } from '../../src/component-base/index.ts';
import type { EventRecorder, Informer } from '../../src/controller/index.ts';
import { checkTarget, ShardWatch, type ShardWatchDeps } from '../../src/reachability/index.ts';
import type { Cluster } from '../apis/index.ts';
import {
  clusterController,
  defaultHealthTimings,
  reachTimings,
  type ClusterClients,
  type HealthTimings,
} from '../cluster/index.ts';
import { PeerDirectory, Reports, ShardVotes, VantagePoints, type ShardVerdict } from '../reachability/index.ts';
import { isJudgedByItself, ShardHealth, ShardTargets } from '../service/index.ts';
import type { MemberInformers } from './member-informers.ts';
import type { ReporterInformers } from './reporter-informers.ts';

export interface ClusterHealthDeps {
  readonly federationName: string;
  readonly federation: Client;
  readonly clusters: Informer<Cluster>;
  readonly services: Informer<Service>;
  readonly clients: ClusterClients;
  readonly members: Pick<MemberInformers, 'services' | 'endpointSlices' | 'nodes'>;
  readonly reporters: ReporterInformers;
  readonly recorder: (component: string) => EventRecorder;
  readonly health?: Partial<HealthTimings>;
  /** How an address of a shard is looked at; as a client would when absent. */
  readonly checkShard?: ShardWatchDeps['check'] | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What is believed of clusters and of shards, and everything that it is judged by. */
export function clusterHealth(deps: ClusterHealthDeps): {
  readonly shards: ShardHealth;
  readonly runnables: readonly Runnable[];
} {
  const { federationName, clusters, services, members, reporters, recorder, clock, log } = deps;
  const timings = { ...defaultHealthTimings, ...deps.health };
  const { services: copies, endpointSlices: slices, nodes } = members;
  const configMaps = reporters.reports;
  const { unjudgedWithdrawMs, shardsPerCluster: perCluster, reportStaleMs: staleMs } = timings;
  const reach = reachTimings(timings);
  const watch = new ShardWatch({ check: deps.checkShard ?? checkTarget, clock }, reach);
  const reports = new Reports({ federationName, clusters, configMaps, staleMs, clock, log });
  const serviceEvents = recorder('federation-service-health-controller');
  const { unreachableShare } = timings;
  const onVerdict = shardEvents(services, serviceEvents);
  const votes = new ShardVotes({ watch, reports, unreachableShare, onVerdict });
  const shards = new ShardHealth({
    services,
    clusters,
    members: copies,
    slices,
    reach: votes,
    clock,
    unjudgedWithdrawMs,
  });
  const targets = new ShardTargets({ services, clusters, shards, events: serviceEvents, perCluster });
  const points = new VantagePoints({ clusters, targets, watch, reports, timings: reach });
  const { accounts } = reporters;
  const directory = new PeerDirectory({ ...deps, accounts, targets, timings: reach });
  const events = recorder('federation-cluster-controller');
  const controller = clusterController({ ...deps, nodes, reach: points, events, timings });
  return { shards, runnables: [controller, shards, targets, watch, reports, points, votes, directory] };
}

/** Of those that want to be judged by themselves. */
function shardEvents(services: Informer<Service>, events: EventRecorder) {
  return ({ cluster, service: key, isLost, message }: ShardVerdict) => {
    const service = services.lister.get(key);
    if (service === undefined || !isJudgedByItself(service)) return;
    if (isLost) {
      events.event(
        service,
        'Warning',
        'ShardNotReachable',
        `clients cannot reach it in cluster ${cluster}: ${message}`,
      );
    } else events.event(service, 'Normal', 'ShardReachable', `clients reach it in cluster ${cluster}: ${message}`);
  };
}
