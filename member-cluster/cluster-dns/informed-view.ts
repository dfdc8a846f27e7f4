import { endpointSlices, namespaces, pods, services } from '../../src/apis/index.ts';
import type { EndpointSlice, Pod, Service } from '../../src/apis/index.ts';
import type { InformerSet } from '../../src/controller/index.ts';
import type { Logger } from '../../src/component-base/index.ts';
import type { ClusterView } from './cluster-view.ts';
import type { DnsConfig } from './config/dns-config.ts';
import { fixedConfig, FollowedConfig } from './config/followed-config.ts';
import { clusterIPs } from './endpoints.ts';
import { followLocation } from './followed-location.ts';
import { canonicalAddress } from './reverse-name.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';

const BY_SERVICE = 'cluster-dns/service';
const BY_ADDRESS = 'cluster-dns/address';

const serviceKeyOf = ({ metadata: { namespace = '', labels } }: EndpointSlice): string[] => {
  const name = labels?.[SERVICE_NAME];
  return name === undefined ? [] : [`${namespace}/${name}`];
};

const addressesOfSlice = ({ endpoints = [] }: EndpointSlice): string[] => [
  ...new Set(endpoints.flatMap(({ addresses }) => addresses.map(canonicalAddress))),
];

const addressesOfPod = ({ spec, status }: Pod): string[] =>
  spec?.hostNetwork === true ? [] : (status?.podIPs ?? []).map(({ ip }) => canonicalAddress(ip));

const addressesOfService = ({ spec }: Service): string[] => clusterIPs(spec).map(canonicalAddress);

/** A view that follows the caches of the API. */
export interface InformedView {
  readonly view: ClusterView;
  readonly config: DnsConfig;
  /** Another number after every change that any answer can depend on. */
  readonly generation: number;
  /** Returns how to be told no more. */
  readonly onConfig: (handler: () => void) => () => void;
}

export interface InformedViewOptions {
  readonly informers: InformerSet;
  readonly domain: string;
  /** Watches pods, so that their names can be checked where the configuration asks for it. */
  readonly verifiesPods?: boolean;
  /** In place of what ConfigMaps say. */
  readonly given?: Partial<DnsConfig> | undefined;
  readonly log: Logger;
}

/** Asks the set for its informers at once, so that they are synced when the set is. */
export function createInformedView({
  informers,
  domain,
  verifiesPods = false,
  given,
  log,
}: InformedViewOptions): InformedView {
  const serviceInformer = informers.of(services, { indexes: { [BY_ADDRESS]: addressesOfService } });
  const sliceInformer = informers.of(endpointSlices, {
    indexes: { [BY_SERVICE]: serviceKeyOf, [BY_ADDRESS]: addressesOfSlice },
  });
  const namespaceInformer = informers.of(namespaces);
  const podInformer = verifiesPods ? informers.of(pods, { indexes: { [BY_ADDRESS]: addressesOfPod } }) : undefined;

  const configured =
    given === undefined
      ? new FollowedConfig({ informers, domain, canVerifyPods: verifiesPods, log })
      : fixedConfig(given);
  let generation = 0;
  const changed = () => {
    generation++;
  };
  serviceInformer.onEvent(changed);
  sliceInformer.onEvent(changed);
  namespaceInformer.onEvent(changed);
  const location = followLocation(informers, changed);
  configured.onChange(changed);
  podInformer?.onEvent(() => {
    if (configured.current.pods === 'verified') changed();
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
    hasPod: (namespace, address) =>
      podInformer === undefined ||
      podInformer.lister.byIndex(BY_ADDRESS, address).some(({ metadata }) => metadata.namespace === namespace),
    get config() {
      return configured.current;
    },
    get location() {
      return location();
    },
  };
  return {
    view,
    get config() {
      return configured.current;
    },
    get generation() {
      return generation;
    },
    onConfig: (handler) => configured.onChange(handler),
  };
}
