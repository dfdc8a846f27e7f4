import { isIP, isIPv6 } from 'node:net';
import type { EndpointSlice, Node, Service, ServicePort } from '../../src/apis/index.ts';
import { isNodeDown } from '../runtime/index.ts';
import { eligibleBackends, type Placed } from './eligible-backends.ts';
import type { HealthCheck } from './health-checks.ts';
import type { ForwardingRule, Protocol } from './proxier.ts';

/** An address of a node, where its node ports are. */
export interface NodeAddress {
  readonly node: string;
  readonly host: string;
}

export interface ServiceRulesInput {
  readonly service: Service;
  readonly slices: readonly EndpointSlice[];
  readonly nodeAddresses: readonly NodeAddress[];
  /** Whether this machine's cluster may listen there; for addresses that users choose. */
  readonly owns: (address: string) => boolean;
}

export interface ServiceRules {
  readonly rules: readonly ForwardingRule[];
  readonly healthChecks: readonly HealthCheck[];
  /** One sentence for each wish of the Service that cannot be met. */
  readonly unmet: readonly string[];
}

const PROXY_NAME = 'service.kubernetes.io/service-proxy-name';
const HEADLESS = 'service.kubernetes.io/headless';
const DEFAULT_AFFINITY_SECONDS = 10_800;

/** What one Service wants done with traffic. Pure. */
export function serviceRules(input: ServiceRulesInput): ServiceRules {
  const { spec } = input.service;
  if (spec === undefined || !isForwarded(input.service)) return { rules: [], healthChecks: [], unmet: [] };
  const rules: ForwardingRule[] = [];
  const unmet = unmetWishes(input, spec);
  for (const port of spec.ports ?? []) {
    const { protocol = 'TCP' } = port;
    if (protocol === 'TCP' || protocol === 'UDP') rules.push(...portRules(input, spec, port, protocol));
    else unmet.push(`port ${port.port}: protocol ${protocol} is not forwarded`);
  }
  return { rules, healthChecks: healthChecks(input, spec), unmet };
}

function healthChecks({ service: { metadata }, slices, nodeAddresses }: ServiceRulesInput, spec: Spec): HealthCheck[] {
  const { type, externalTrafficPolicy, healthCheckNodePort = 0 } = spec;
  if (type !== 'LoadBalancer' || externalTrafficPolicy !== 'Local' || healthCheckNodePort === 0) return [];
  const ready = slices.flatMap(({ endpoints = [] }) =>
    endpoints.filter(({ conditions }) => conditions?.ready !== false),
  );
  return nodeAddresses.map(({ node, host }) => ({
    host,
    port: healthCheckNodePort,
    namespace: metadata.namespace ?? '',
    service: metadata.name ?? '',
    localEndpoints: new Set(ready.filter(({ nodeName }) => nodeName === node).map(({ addresses }) => addresses[0]))
      .size,
  }));
}

/** Services with an address of their own, unless labelled for another proxy. */
function isForwarded({ metadata: { labels }, spec = {} }: Service): boolean {
  const isOthers = labels?.[PROXY_NAME] !== undefined || labels?.[HEADLESS] !== undefined;
  return !isOthers && spec.type !== 'ExternalName' && clusterIPs(spec).length > 0;
}

function unmetWishes({ owns }: ServiceRulesInput, spec: Spec): string[] {
  const external = (spec.externalIPs ?? []).filter((address) => !owns(address));
  const sources = (spec.loadBalancerSourceRanges ?? []).filter((source) => !isCidr(source));
  return [
    ...external.map((address) => `external IP ${address} is not an address of this cluster`),
    ...sources.map((source) => `load balancer source range ${source} is not a CIDR: nobody is let in`),
  ];
}

type Spec = NonNullable<Service['spec']>;

/** What differs between the addresses of one port. */
interface Reach {
  /** Only endpoints on this node. */
  readonly node?: string;
  readonly ownNodeOnly?: boolean;
  readonly allowedSources?: readonly string[];
}

function portRules(input: ServiceRulesInput, spec: Spec, port: ServicePort, protocol: Protocol): ForwardingRule[] {
  const rule = ruleMaker(input, spec, port, protocol);
  const rules = clusterIPs(spec).map((host) => {
    return rule(host, port.port, { ownNodeOnly: spec.internalTrafficPolicy === 'Local' });
  });
  for (const host of externalIPs(input, spec)) rules.push(rule(host, port.port, {}));
  const allowedSources = (spec.loadBalancerSourceRanges ?? []).map((source) => source.trim());
  for (const host of allowedSources.every(isCidr) ? loadBalancerIPs(input.service) : []) {
    rules.push(rule(host, port.port, { allowedSources }));
  }
  const { nodePort = 0 } = port;
  for (const { node, host } of nodePort === 0 ? [] : input.nodeAddresses) {
    rules.push(rule(host, nodePort, spec.externalTrafficPolicy === 'Local' ? { node } : {}));
  }
  return rules;
}

function ruleMaker(input: ServiceRulesInput, spec: Spec, port: ServicePort, protocol: Protocol) {
  const { namespace = '', name = '' } = input.service.metadata;
  const portName = port.name ?? '';
  const placed = placedEndpoints(input.slices, portName, protocol);
  const affinity = spec.sessionAffinity === 'ClientIP' ? { affinitySeconds: affinitySeconds(spec) } : {};
  return (host: string, number: number, reach: Reach): ForwardingRule => {
    const { node, ownNodeOnly = false, allowedSources = [] } = reach;
    const candidates = placed.filter(({ family, backend }) => {
      return family === familyOf(host) && (node === undefined || backend.node === node);
    });
    return {
      protocol,
      host,
      port: number,
      owner: { namespace, service: name, port: portName },
      backends: eligibleBackends(candidates, ownNodeOnly),
      ownNodeOnly,
      allowedSources,
      ...affinity,
    };
  };
}

function clusterIPs({ clusterIP, clusterIPs: all }: Spec): readonly string[] {
  const listed = all ?? (clusterIP === undefined ? [] : [clusterIP]);
  return listed.filter((address) => address !== '' && address !== 'None');
}

const externalIPs = ({ owns }: ServiceRulesInput, spec: Spec) => (spec.externalIPs ?? []).filter(owns);

/** Those whose traffic comes here and not through a proxy of the load balancer's own. */
function loadBalancerIPs({ spec, status }: Service): string[] {
  if (spec?.type !== 'LoadBalancer') return [];
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip = '', ipMode = 'VIP' }) =>
    ip === '' || ipMode !== 'VIP' ? [] : [ip],
  );
}

function affinitySeconds({ sessionAffinityConfig }: Spec): number {
  return sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS;
}

function isCidr(source: string): boolean {
  const [address = '', bits = '', ...rest] = source.trim().split('/');
  const family = isIP(address);
  return rest.length === 0 && family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

const familyOf = (host: string) => (isIPv6(host) ? 'IPv6' : 'IPv4');

/** The endpoints of one port, with what decides whether they take traffic. Unknown conditions count as good. */
function placedEndpoints(slices: readonly EndpointSlice[], portName: string, protocol: Protocol): Placed[] {
  return slices.flatMap(({ addressType, ports = [], endpoints = [] }) => {
    const port = ports.find((candidate) => {
      return (candidate.name ?? '') === portName && (candidate.protocol ?? 'TCP') === protocol;
    })?.port;
    if (port === undefined) return [];
    return endpoints.flatMap(({ addresses, conditions, nodeName }) => {
      const [host] = addresses;
      if (host === undefined) return [];
      const ready = conditions?.ready !== false;
      return {
        family: addressType,
        ready,
        servesWhileEnding: !ready && conditions.serving === true && conditions.terminating === true,
        backend: { host, port, ...(nodeName === undefined ? {} : { node: nodeName }) },
      };
    });
  });
}

/** Where the node ports of a node are; nowhere while it is dark. */
export function addressesOfNode(of: Node): NodeAddress[] {
  if (isNodeDown(of)) return [];
  const { metadata, status } = of;
  const node = metadata.name ?? '';
  const hosts = (status?.addresses ?? [])
    .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP')
    .map(({ address }) => address);
  return [...new Set(hosts)].map((host) => ({ node, host }));
}
