import type { ChangingPlaces, ClusterSite, LearnedPlaces, PlacedPrefix } from '../../dns/provider/index.ts';
import { aborted, type Clock, type Runnable } from '../../src/component-base/index.ts';
import { Sweep, type Informer } from '../../src/controller/index.ts';
import type { Cluster } from '../apis/index.ts';

export interface PlaceFollowerDeps {
  readonly clusters: Informer<Cluster>;
  readonly places: Pick<ChangingPlaces, 'learn'>;
  readonly clock: Clock;
}

/** Round trips are measured again and again; the nearest does not become another in an instant. */
const PAUSE_MS = 1_000;

/** Tells the DNS server where the members are, and who asks from within them. */
export function placeFollower({ clusters, places, clock }: PlaceFollowerDeps): Runnable {
  return {
    name: 'place-follower',
    async run(signal, ready) {
      const sweep = new Sweep(clock, PAUSE_MS, () => {
        places.learn(placesOf(clusters.lister.list()));
      });
      const remove = clusters.onEvent(({ type, object, previous }) => {
        const isNews = type !== 'update' || previous === undefined || siteText(object) !== siteText(previous);
        if (isNews) sweep.request();
      });
      sweep.request();
      ready();
      await aborted(signal);
      remove();
      sweep.end();
    },
  };
}

/** As their status says. A client of a cluster with several zones may be in any of them. */
export function placesOf(clusters: readonly Cluster[]): LearnedPlaces {
  const sorted = [...clusters].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return { prefixes: sorted.flatMap(prefixesOf), sites: sorted.map(siteOf) };
}

function prefixesOf(cluster: Cluster): readonly PlacedPrefix[] {
  const { name, zones, region } = siteOf(cluster);
  const [zone, ...others] = zones;
  const place = {
    ...(region === undefined ? {} : { region }),
    ...(zone === undefined || others.length > 0 ? {} : { zone }),
    cluster: name,
    source: `cluster ${name}`,
  };
  return (cluster.status?.networks ?? []).map((cidr) => ({ cidr, place }));
}

function siteOf(cluster: Cluster): ClusterSite {
  const { zones = [], region = '', distances = [] } = cluster.status ?? {};
  const roundTripMs = Object.fromEntries(distances.map(({ cluster: to, milliseconds }) => [to, milliseconds]));
  return {
    name: nameOf(cluster),
    zones,
    ...(region === '' ? {} : { region }),
    ...(distances.length === 0 ? {} : { roundTripMs }),
  };
}

function siteText(cluster: Cluster): string {
  return JSON.stringify([siteOf(cluster), cluster.status?.networks]);
}

function nameOf({ metadata }: Cluster): string {
  return metadata.name ?? '';
}
