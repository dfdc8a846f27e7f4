import type { KubeObject } from '../../src/apimachinery/index.ts';
import * as apis from '../../src/apis/index.ts';
import type { StoredResources } from '../../src/apiserver/index.ts';
import { aborted, type Registry, type Runnable, type Turns } from '../../src/component-base/index.ts';
import { createEventRecorder, type EventRecorder, type Informer } from '../../src/controller/index.ts';
import type { Tracer } from '../../src/tracing/index.ts';
import { autoscalingController } from '../autoscaling/index.ts';
import { clusters as clusterResource, isOffline, isReady, type Cluster } from '../apis/index.ts';
import {
  ClusterClients,
  listTurns,
  kindsSynced,
  type FederatedInformer,
  type HealthTimings,
  type MemberClientFactory,
} from '../cluster/index.ts';
import { membershipController, wantedKinds, type MembershipDeps } from '../join/index.ts';
import { RemovalHold, restorationController } from '../restoration/index.ts';
import { serviceController } from '../service/index.ts';
import * as sync from '../sync/index.ts';
import { clusterHealth, type ClusterHealthDeps } from './cluster-health.ts';
import { expiringJobs } from './expiring-jobs.ts';
import { publishing, type PublishingDeps } from './dns-publishing.ts';
import { memberInformers, type MemberInformers } from './member-informers.ts';
import { namespaceController } from './namespace-controller.ts';
import { reporterInformers } from './reporter-informers.ts';
import { withDefaults } from './resources.ts';

export interface ControllersOptions {
  readonly name: string;
  readonly dnsDomain: string;
  readonly ttlSeconds?: number;
  /** The zone of the federation is published by somebody else, by what these controllers write. */
  readonly publishesElsewhere?: boolean;
  readonly health?: Partial<HealthTimings>;
  readonly sync?: sync.SyncOptions;
}

export interface ControllersDeps extends PublishingDeps {
  /** What the federation's own API stores. */
  readonly resources: StoredResources;
  readonly createClient: MemberClientFactory;
  /** Calls the handler with the name of a member that did not allow what was asked of it. */
  readonly onForbidden?: MembershipDeps['onForbidden'];
  /** How an address of a shard is looked at; as a client would when absent. */
  readonly checkShard?: ClusterHealthDeps['checkShard'];
  readonly metrics?: Registry;
  readonly tracer?: Tracer | undefined;
}

/** Everything that runs beside the API server, in the order of starting. `informers` must be synced before. */
export function federationControllers(deps: ControllersDeps, options: ControllersOptions): readonly Runnable[] {
  const { federation, informers, createClient, clock, log } = deps;
  const clusters = informers.of(clusterResource);
  const services = informers.of(apis.services);
  const clients = new ClusterClients({ clusters, secrets: informers.of(apis.secrets), createClient, log });
  const turns = listTurns(clock);
  const members = memberInformers({ federationName: options.name, clients, turns, clock, log });
  const recorders: EventRecorder[] = [];
  const recorder = (component: string) => {
    const made = createEventRecorder(federation, component, { clock, log });
    recorders.push(made);
    return made;
  };
  const reporters = reporterInformers({ clients, turns, clock, log });
  const always = [...Object.values(members), ...Object.values(reporters)];
  const watched = new Set<Watched>(always);
  const placing = sync.placingContext({ federation, informers, clock, log });
  const hold = new RemovalHold(informers.of(apis.configMaps));
  const engine = propagation(deps, options, { clusters, placing, clients, turns, members, watched, hold });
  const health = clusterHealth({
    ...deps,
    ...(options.health === undefined ? {} : { health: options.health }),
    federationName: options.name,
    clusters,
    services,
    clients,
    members,
    reporters,
    recorder,
  });
  const { shards } = health;
  const nodes = members.nodes;
  const ofReporters: ReadonlySet<Watched> = new Set(Object.values(reporters));
  const kinds = () => [...watched].filter((informer) => !ofReporters.has(informer));
  const controllers: Runnable[] = [
    ...health.runnables,
    ...membership(deps, { clusters, clients, kinds, recorder }),
    placing.tally,
    engine,
    expiringJobs({ informers, client: federation, clock, log }),
    autoscaling(deps, { clusters, clients, placing, engine, recorder }),
    serviceController({ federation, services, shards, clock, log }),
    namespaceController({
      federation,
      namespaces: informers.of(apis.namespaces),
      resources: () => deps.resources.list().filter(({ namespaced }) => namespaced),
      isFederated: (resource) => engine.isFederated(resource),
      clock,
      log,
    }),
    restoration(deps, options, { clusters, clients, hold, engine }),
    ...publishing(ofElected(deps, options), options, { shards, recorder, hold, reports: true }),
  ];
  return [...recorders, ...controllers, ...always, reconnection(clusters, nodes, watched), clients];
}

/** What each control plane publishes for itself is not for the elected one. */
function ofElected(deps: ControllersDeps, { publishesElsewhere }: ControllersOptions): PublishingDeps {
  const { provider, ...others } = deps;
  return publishesElsewhere === true || provider === undefined ? others : { ...others, provider };
}

interface MembershipParts {
  readonly clusters: Informer<Cluster>;
  readonly clients: ClusterClients;
  /** All that is followed in members. */
  readonly kinds: () => Iterable<Watched>;
  readonly recorder: (component: string) => EventRecorder;
}

/** What we may do in members, and what we can see there. */
function membership(
  { federation, informers, onForbidden, clock, log }: ControllersDeps,
  { clusters, clients, kinds, recorder }: MembershipParts,
): readonly Runnable[] {
  const events = recorder('federation-membership-controller');
  return [
    membershipController({
      federation,
      clusters,
      secrets: informers.of(apis.secrets),
      clients,
      events,
      clock,
      log,
      ...(onForbidden === undefined ? {} : { onForbidden }),
    }),
    kindsSynced({ federation, clusters, kinds, events, clock, log }),
  ];
}

interface PropagationParts {
  readonly clusters: Informer<Cluster>;
  readonly placing: sync.PlacingContext;
  readonly clients: ClusterClients;
  readonly turns: Turns;
  readonly members: MemberInformers;
  readonly watched: Set<Watched>;
  readonly hold: RemovalHold;
}

function propagation(
  { federation, informers, resources, metrics, tracer, clock, log }: ControllersDeps,
  { name, sync: syncOptions }: ControllersOptions,
  { clusters, placing, clients, turns, members, watched, hold }: PropagationParts,
): sync.PropagationEngine {
  return sync.propagationEngine({
    federationName: name,
    federation,
    informers,
    resources,
    defaulted: withDefaults,
    clusters,
    placing,
    clients,
    turns,
    namespaces: members.namespaces,
    hold,
    shared: new Map<string, FederatedInformer<KubeObject>>([
      ['namespaces', members.namespaces],
      ['services', members.services],
    ]),
    watch: (informer) => {
      watched.add(informer);
      return () => watched.delete(informer);
    },
    recorder: (component) => createEventRecorder(federation, component, { clock, log }),
    clock,
    log,
    tracer,
    ...(metrics === undefined ? {} : { metrics }),
    ...(syncOptions === undefined ? {} : { options: syncOptions }),
  });
}

interface RestorationParts {
  readonly clusters: Informer<Cluster>;
  readonly clients: ClusterClients;
  readonly hold: RemovalHold;
  readonly engine: sync.PropagationEngine;
}

function restoration(
  { federation, clock, log }: ControllersDeps,
  { name }: ControllersOptions,
  { engine, ...parts }: RestorationParts,
): Runnable {
  return restorationController({
    ...parts,
    federationName: name,
    federation,
    kinds: (signal) => wantedKinds(federation, signal),
    held: (cluster) => engine.held(cluster),
    knows: (cluster, resource, copy) => engine.knows(cluster, resource, copy),
    clock,
    log,
  });
}

interface AutoscalingParts {
  readonly clusters: Informer<Cluster>;
  readonly clients: ClusterClients;
  readonly placing: sync.PlacingContext;
  readonly engine: sync.PropagationEngine;
  readonly recorder: (component: string) => EventRecorder;
}

function autoscaling(
  { federation, informers, resources, clock, log }: ControllersDeps,
  { clusters, clients, placing, engine, recorder }: AutoscalingParts,
): Runnable {
  return autoscalingController({
    federation,
    autoscalers: informers.of(apis.horizontalPodAutoscalers),
    scaling: placing.scaling,
    copyIn: (cluster, resource, key) => engine.copyIn(cluster, resource, key),
    clusters,
    clients,
    resources,
    events: recorder('horizontal-pod-autoscaler'),
    clock,
    log,
  });
}

type Watched = sync.FollowedInformer;

/**
 * A member that is given up is listened to no longer: a connection that comes to life again would bring old news.
 * One that answers again is listed at once, not after what is left of each informer's back-off.
 */
function reconnection(
  clusters: Informer<Cluster>,
  nodes: Pick<FederatedInformer<apis.Node>, 'onCluster'>,
  watched: ReadonlySet<Watched>,
): Runnable {
  return {
    name: 'reconnection',
    async run(signal, ready) {
      const refresh = (cluster: string) => {
        for (const informer of watched) informer.refresh(cluster);
      };
      const removals = [
        clusters.onEvent(({ key, object, previous }) => {
          if (previous === undefined) return;
          if (isOffline(object) && !isOffline(previous)) for (const informer of watched) informer.suspend(key);
          const isBack = (isOffline(previous) && !isOffline(object)) || (isReady(object) && !isReady(previous));
          if (isBack) refresh(key);
        }),
        nodes.onCluster((cluster, change) => {
          if (change === 'connected') refresh(cluster);
        }),
      ];
      ready();
      await aborted(signal);
      for (const remove of removals) remove();
    },
  };
}
