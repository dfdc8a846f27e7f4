import type { RecordSet } from '../../dns/server/index.ts';
import type { ClusterView } from './cluster-view.ts';
import { readyEndpoints } from './endpoints.ts';
import { endpointTtl, serviceName } from './service-records.ts';

const SERVICE_LABEL = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

interface FederatedName {
  readonly service: string;
  readonly namespace: string;
  readonly federation: string;
}

/** `<service>.<namespace>.<federation>` of a federation that this cluster is told about, or undefined. */
export function parseFederatedName(view: ClusterView, labels: readonly string[]): FederatedName | undefined {
  const [service = '', namespace = '', federation = '', ...rest] = labels;
  const isOne = rest.length === 0 && SERVICE_LABEL.test(service) && LABEL.test(namespace);
  return isOne && view.config.federations.has(federation) ? { service, namespace, federation } : undefined;
}

/**
 * An alias of the Service here when it is ready to serve, else of the entry of this zone (or what is known of where
 * we are) that the federation keeps pointed at the nearest healthy shard.
 */
export function federatedRecords(view: ClusterView, federated: FederatedName, name: string): RecordSet[] {
  const { service, namespace, federation } = federated;
  const local = view.service(namespace, service);
  const { zone, region } = view.location;
  const place = region === undefined ? [] : [zone, region];
  const elsewhere = [service, namespace, federation, 'svc', ...place, view.config.federations.get(federation)];
  const target =
    local !== undefined && servesHere(view, local)
      ? serviceName(view, local)
      : elsewhere.filter((label) => label !== undefined).join('.');
  return [{ name, type: 'CNAME', ttlSeconds: endpointTtl(view), data: [target] }];
}

function servesHere(view: ClusterView, service: Parameters<typeof readyEndpoints>[1]): boolean {
  return service.spec?.type === 'ExternalName' || readyEndpoints(view, service).length > 0;
}
