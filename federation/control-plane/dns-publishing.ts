import type { ChangingPlaces, DnsProvider } from '../../dns/provider/index.ts';
import { configMaps, services as serviceResource } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock, Logger, Runnable } from '../../src/component-base/index.ts';
import { createEventRecorder, type EventRecorder, type InformerSet } from '../../src/controller/index.ts';
import { clusters } from '../apis/index.ts';
import { RemovalHold } from '../restoration/index.ts';
import { toldShards, type Shards } from '../service/index.ts';
import type { ProviderMetrics } from '../observability/index.ts';
import {
  placeFollower,
  publishingReport,
  ServiceDnsController,
  type PublishTarget,
  type ResolveHostName,
} from '../service-dns/index.ts';

export interface PublishingOptions {
  readonly name: string;
  readonly dnsDomain: string;
  readonly ttlSeconds?: number;
}

export interface PublishingDeps {
  readonly federation: Client;
  readonly informers: InformerSet;
  /** Has the zone of the federation to itself. */
  readonly provider?: DnsProvider;
  /** Of the server of that zone: told where the members are. */
  readonly places?: Pick<ChangingPlaces, 'learn'>;
  /** Where else records are published; others may publish there too. */
  readonly targets?: readonly PublishTarget[];
  readonly providerMetrics?: ProviderMetrics;
  readonly resolveHostName?: ResolveHostName;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The zone that a control plane has for itself, in status and metrics. */
const OWN_ZONE = 'local';

interface PublishingParts {
  readonly shards: Shards;
  readonly recorder: (component: string) => EventRecorder;
  readonly hold: RemovalHold;
  /** What waits is told in the federation: one does that. */
  readonly reports?: boolean;
}

/** The records of Services, as their shards are found, and what waits of them. */
export function publishing(
  deps: PublishingDeps,
  { name, dnsDomain, ttlSeconds }: PublishingOptions,
  { shards, recorder, hold, reports = false }: PublishingParts,
): readonly Runnable[] {
  const { federation, informers, provider, places, targets = [], providerMetrics, resolveHostName, clock, log } = deps;
  const all = [...ownTarget(deps, dnsDomain), ...targets];
  if (all.length === 0) return [];
  const observed = all.map((target) => ({
    ...target,
    provider: providerMetrics?.observed(target.name, target.provider) ?? target.provider,
  }));
  const controller = new ServiceDnsController(
    {
      services: informers.of(serviceResource),
      clusters: informers.of(clusters),
      shards,
      hold,
      events: recorder('federation-service-dns-controller'),
      clock,
      log,
      ...(resolveHostName === undefined ? {} : { resolveHostName }),
    },
    { federation: name, targets: observed, ...(ttlSeconds === undefined ? {} : { ttlSeconds }) },
  );
  const { publishers } = controller;
  return [
    ...(providerMetrics === undefined ? [] : [providerMetrics.following(publishers)]),
    controller,
    ...(provider === undefined || places === undefined
      ? []
      : [placeFollower({ clusters: informers.of(clusters), places, clock })]),
    ...(!reports || targets.length === 0 ? [] : [publishingReport({ publishers, federation, clock, log })]),
  ];
}

function ownTarget({ provider }: PublishingDeps, zoneName: string): readonly PublishTarget[] {
  return provider === undefined ? [] : [{ name: OWN_ZONE, provider, zoneName }];
}

/**
 * The records of Services in a zone that one control plane of several has for itself, whether it is elected or not: by
 * what the elected one has written of their shards.
 */
export function publishingForItself(
  deps: PublishingDeps,
  options: PublishingOptions,
  marks = deps.informers.of(configMaps),
): readonly Runnable[] {
  const { federation, informers, clock, log } = deps;
  const recorders: EventRecorder[] = [];
  const recorder = (component: string) => {
    const made = createEventRecorder(federation, component, { clock, log });
    recorders.push(made);
    return made;
  };
  const shards = toldShards(informers.of(serviceResource));
  const hold = new RemovalHold(marks);
  const publishers = publishing(deps, options, { shards, recorder, hold });
  return [...recorders, ...publishers];
}
