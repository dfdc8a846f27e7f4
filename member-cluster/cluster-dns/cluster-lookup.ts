import { isIPv4, isIPv6 } from 'node:net';
import type { Service } from '../../src/apis/index.ts';
import type { AnyRecordSet, ComposedReply, QueryType, RecordSet } from '../../dns/server/index.ts';
import type { ClusterView } from './cluster-view.ts';
import { federatedRecords, parseFederatedName } from './federated-name.ts';
import { addressOfReverseName, canonicalAddress } from './reverse-name.ts';
import {
  addressRecords,
  endpointRecords,
  endpointTtl,
  hasPortsOf,
  namesOfAddress,
  portRecords,
  serviceRecords,
} from './service-records.ts';

/** The version of the specification of Kubernetes' DNS names that these are. */
const SPECIFICATION_VERSION = '1.1.0';
const NEGATIVE_TTL_SECONDS = 5;
const MAX_CHAIN = 8;

export type ClusterAnswer =
  | { readonly kind: 'reply'; readonly reply: ComposedReply }
  /** Aliases lead to a name of others; or the name asked for is one, and then there are no answers. */
  | { readonly kind: 'elsewhere'; readonly answers: readonly AnyRecordSet[]; readonly name: string };

/** What the cluster's own names answer, aliases among them followed. */
export function lookupInCluster(view: ClusterView, asked: string, type: QueryType): ClusterAnswer {
  const answers: AnyRecordSet[] = [];
  let name = asked;
  for (let links = 0; links < MAX_CHAIN; links++) {
    const found = recordsAt(view, name);
    if (found === 'elsewhere') return { kind: 'elsewhere', answers, name };
    if (found === 'missing') return negative(view, answers, 'NXDOMAIN');

    const match = type === 'ANY' ? found[0] : found.find((set) => set.type === type);
    if (match !== undefined) return positive(view, [...answers, match]);
    const alias = found.find((set) => set.type === 'CNAME');
    const target = alias?.data[0];
    if (alias === undefined || target === undefined) return negative(view, answers, 'NOERROR');
    answers.push(alias);
    name = target;
  }
  return positive(view, answers);
}

/** Every record set of one name; none where it exists only because names below it do. */
type Found = readonly AnyRecordSet[] | 'missing' | 'elsewhere';

function recordsAt(view: ClusterView, name: string): Found {
  const { domain } = view;
  if (name === domain) return [soa(view)];
  if (name.endsWith(`.${domain}`)) {
    return recordsInDomain(view, name.slice(0, -domain.length - 1).split('.'), name) ?? 'missing';
  }
  const federated = parseFederatedName(view, name.split('.'));
  if (federated !== undefined) return federatedRecords(view, federated, name);

  const told = view.config.hosts.get(name);
  if (told !== undefined) return addressRecords(name, told, view.config.serviceTtlSeconds);
  const address = addressOfReverseName(name);
  const names = address === undefined ? [] : namesOfAddress(view, address);
  if (names.length === 0) return 'elsewhere';
  return [{ name, type: 'PTR', ttlSeconds: view.config.serviceTtlSeconds, data: names }];
}

function recordsInDomain(view: ClusterView, labels: readonly string[], name: string): readonly RecordSet[] | undefined {
  const below = labels.slice(0, -1);
  switch (labels.at(-1)) {
    case 'dns-version':
      if (below.length > 0) return undefined;
      return [{ name, type: 'TXT', ttlSeconds: view.config.serviceTtlSeconds, data: [SPECIFICATION_VERSION] }];
    case 'svc':
      return recordsInServices(view, below, name);
    case 'pod':
      return recordsInPods(view, below, name);
    default:
      return undefined;
  }
}

/** Labels before `svc`: port, endpoint or protocol, service, namespace. */
function recordsInServices(
  view: ClusterView,
  labels: readonly string[],
  name: string,
): readonly RecordSet[] | undefined {
  if (labels.length === 0) return [];
  // A federation's name counts before a namespace of the same name, as it did for kube-dns.
  const federated = parseFederatedName(view, labels);
  if (federated !== undefined) return federatedRecords(view, federated, name);

  const [namespace = '', serviceLabel, ...below] = labels.toReversed();
  if (serviceLabel === undefined) return view.hasNamespace(namespace) ? [] : undefined;
  const service = view.service(namespace, serviceLabel);
  return service === undefined ? undefined : recordsOfService(view, service, below, name);
}

/** Labels below the Service's, from its own to the left. */
function recordsOfService(
  view: ClusterView,
  service: Service,
  [inner, innermost, ...rest]: readonly string[],
  name: string,
): readonly RecordSet[] | undefined {
  if (inner === undefined) return serviceRecords(view, service, name);
  const protocol = inner.startsWith('_') ? inner.slice(1) : undefined;
  if (innermost === undefined) {
    if (protocol === undefined) return endpointRecords(view, service, inner, name);
    return hasPortsOf(service, protocol) ? [] : undefined;
  }
  if (protocol === undefined || !innermost.startsWith('_') || rest.length > 0) return undefined;
  return portRecords(view, service, { portName: innermost.slice(1), protocol }, name);
}

/** `1-2-3-4.<namespace>.pod` and `2001-db8--1.<namespace>.pod` are the addresses that they say. */
function recordsInPods(view: ClusterView, labels: readonly string[], name: string): readonly RecordSet[] | undefined {
  if (view.config.pods === 'disabled') return undefined;
  if (labels.length === 0) return [];
  const [label, namespace, ...rest] = labels.length === 1 ? [undefined, labels[0]] : labels;
  if (namespace === undefined || rest.length > 0 || !view.hasNamespace(namespace)) return undefined;
  if (label === undefined) return [];
  const address = addressOfLabel(label);
  if (address === undefined) return undefined;
  if (view.config.pods === 'verified' && !view.hasPod(namespace, address)) return undefined;
  return addressRecords(name, [address], endpointTtl(view));
}

function addressOfLabel(label: string): string | undefined {
  const [v4, v6] = [label.replaceAll('-', '.'), label.replaceAll('-', ':')];
  if (isIPv4(v4)) return v4;
  return isIPv6(v6) ? canonicalAddress(v6) : undefined;
}

function positive(view: ClusterView, answers: readonly AnyRecordSet[]): ClusterAnswer {
  const additional = answers
    .filter(({ type }) => type === 'SRV')
    .flatMap(({ data }) => data.map((item) => item.slice(item.lastIndexOf(' ') + 1)))
    .flatMap((target) => {
      const found = recordsAt(view, target);
      return typeof found === 'string' ? [] : found;
    });
  return reply({ rcode: 'NOERROR', answers, additional });
}

function negative(view: ClusterView, answers: readonly AnyRecordSet[], rcode: ComposedReply['rcode']): ClusterAnswer {
  return reply({ rcode, answers, authority: [soa(view)] });
}

const reply = (parts: ComposedReply): ClusterAnswer => ({
  kind: 'reply',
  reply: { ...parts, recursionAvailable: true },
});

/** The names change without a history, so the serial says nothing. */
function soa({ domain }: ClusterView): AnyRecordSet {
  const data = [`ns.dns.${domain} hostmaster.${domain} 1 7200 1800 86400 ${NEGATIVE_TTL_SECONDS}`];
  return { name: domain, type: 'SOA', ttlSeconds: NEGATIVE_TTL_SECONDS, data };
}
