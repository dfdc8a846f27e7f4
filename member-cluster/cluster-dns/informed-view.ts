import { configMaps, endpointSlices, namespaces, nodes, services } from '../../src/apis/index.ts';
import type { ConfigMap, EndpointSlice, Node, Service } from '../../src/apis/index.ts';
import type { Informer, InformerSet, Lister } from '../../src/controller/index.ts';
import type { Logger } from '../../src/component-base/index.ts';
import type { ClusterView, Location } from './cluster-view.ts';
import { clusterIPs } from './endpoints.ts';
import { parseKubeDnsConfig, type KubeDnsConfig } from './kube-dns-config.ts';
import { canonicalAddress } from './reverse-name.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
const CONFIG_NAMESPACE = 'kube-system';
const CONFIG_NAME = 'kube-dns';

const BY_SERVICE = 'cluster-dns/service';
const BY_ADDRESS = 'cluster-dns/address';

const serviceKeyOf = ({ metadata: { namespace = '', labels } }: EndpointSlice): string[] => {
  const name = labels?.[SERVICE_NAME];
  return name === undefined ? [] : [`${namespace}/${name}`];
};

const addressesOfSlice = ({ endpoints = [] }: EndpointSlice): string[] => [
  ...new Set(endpoints.flatMap(({ addresses }) => addresses.map(canonicalAddress))),
];

const addressesOfService = ({ spec }: Service): string[] => clusterIPs(spec).map(canonicalAddress);

/** A view that follows the caches of the API. */
export interface InformedView {
  readonly view: ClusterView;
  readonly config: KubeDnsConfig;
  /** Another number after every change that any answer can depend on. */
  readonly generation: number;
}

export interface InformedViewOptions {
  readonly informers: InformerSet;
  readonly domain: string;
  readonly log: Logger;
}

/** Asks the set for its informers at once, so that they are synced when the set is. */
export function createInformedView({ informers, domain, log }: InformedViewOptions): InformedView {
  const serviceInformer = informers.of(services, { indexes: { [BY_ADDRESS]: addressesOfService } });
  const sliceInformer = informers.of(endpointSlices, {
    indexes: { [BY_SERVICE]: serviceKeyOf, [BY_ADDRESS]: addressesOfSlice },
  });
  const namespaceInformer = informers.of(namespaces);
  const nodeInformer = informers.of(nodes);
  const configInformer = informers.of(configMaps, {
    namespace: CONFIG_NAMESPACE,
    fieldSelector: `metadata.name=${CONFIG_NAME}`,
  });

  let { config } = parseKubeDnsConfig(undefined);
  let location: Location = {};
  let generation = 0;
  const changed = () => {
    generation++;
  };
  serviceInformer.onEvent(changed);
  sliceInformer.onEvent(changed);
  namespaceInformer.onEvent(changed);
  nodeInformer.onEvent(({ object, previous }) => {
    if (previous !== undefined && isAt(object, previous)) return;
    const next = locationOf(nodeInformer.lister);
    if (next.zone === location.zone && next.region === location.region) return;
    location = next;
    changed();
  });
  onConfig(configInformer, (configMap) => {
    const parsed = parseKubeDnsConfig(configMap);
    config = parsed.config;
    changed();
    const { problems } = parsed;
    if (problems.length > 0) log.warn({ problems }, 'config map kube-system/kube-dns has keys that cannot be used');
  });

  const view: ClusterView = {
    domain,
    service: (namespace, name) => serviceInformer.lister.get(`${namespace}/${name}`),
    hasNamespace: (namespace) => namespaceInformer.lister.get(namespace) !== undefined,
    slices: ({ metadata: { namespace = '', name = '' } }) =>
      sliceInformer.lister.byIndex(BY_SERVICE, `${namespace}/${name}`),
    servicesAt: (address) => serviceInformer.lister.byIndex(BY_ADDRESS, address),
    slicesAt: (address) => sliceInformer.lister.byIndex(BY_ADDRESS, address),
    serviceOf: (slice) => serviceKeyOf(slice).map((key) => serviceInformer.lister.get(key))[0],
    get federations() {
      return config.federations;
    },
    get location() {
      return location;
    },
  };
  return {
    view,
    get config() {
      return config;
    },
    get generation() {
      return generation;
    },
  };
}

function onConfig(informer: Informer<ConfigMap>, take: (configMap: ConfigMap | undefined) => void): void {
  informer.onEvent(({ type, object }) => {
    if (object.metadata.name === CONFIG_NAME) take(type === 'delete' ? undefined : object);
  });
}

const ZONE = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];
const REGION = ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'];

/** What the labels of the first node that has them say: all clients of a cluster use the entry of one zone. */
function locationOf(lister: Lister<Node>): Location {
  const labelled = lister
    .list()
    .filter((node) => labelOf(node, REGION) !== undefined)
    .sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
  const [node] = labelled;
  if (node === undefined) return {};
  const region = labelOf(node, REGION);
  const zone = labelOf(node, ZONE);
  return { ...(region === undefined ? {} : { region }), ...(zone === undefined ? {} : { zone }) };
}

/** Nodes tell of themselves all the time, but hardly ever of another place. */
function isAt(node: Node, other: Node): boolean {
  return [REGION, ZONE].every((names) => labelOf(node, names) === labelOf(other, names));
}

function labelOf({ metadata }: Node, names: readonly string[]): string | undefined {
  return names.map((name) => metadata.labels?.[name]).find((value) => value !== undefined && value !== '');
}
