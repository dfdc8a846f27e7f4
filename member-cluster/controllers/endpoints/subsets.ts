import type { Endpoints, Service } from '../../../src/apis/index.ts';
import { hostnameIn, referenceTo, targetPortOf, type Backend } from './pod-addresses.ts';

export type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];
type Port = NonNullable<Subset['ports']>[number];

/** At most so many addresses fit into one Endpoints object; more are left out and an annotation says so. */
export const MAX_ADDRESSES = 1000;

interface Group {
  readonly ports: readonly Port[];
  readonly addresses: Address[];
  readonly notReadyAddresses: Address[];
}

/** The subsets of an Endpoints object: pods for which the Service's ports have the same numbers share one. */
export function subsetsOf(service: Service, backends: readonly Backend[]): readonly Subset[] {
  const groups = new Map<string, Group>();
  for (const backend of backends.slice(0, MAX_ADDRESSES)) {
    if (backend.terminating && !backend.ready) continue;
    const ports = portsOf(service, backend);
    if (ports === undefined) continue;
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, addresses: [], notReadyAddresses: [] };
    groups.set(key, group);
    (backend.ready ? group.addresses : group.notReadyAddresses).push(addressOf(service, backend));
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => subsetOf(group));
}

/** Undefined when the pod has none of the ports. A headless Service may have no ports at all. */
function portsOf({ spec }: Service, { pod }: Backend): readonly Port[] | undefined {
  const wanted = spec?.ports ?? [];
  const ports = wanted.flatMap((servicePort): readonly Port[] => {
    const port = targetPortOf(servicePort, pod);
    if (port === undefined) return [];
    const { name, protocol = 'TCP', appProtocol } = servicePort;
    return [
      {
        ...(name === undefined || name === '' ? {} : { name }),
        port,
        protocol,
        ...(appProtocol === undefined ? {} : { appProtocol }),
      },
    ];
  });
  if (wanted.length > 0 && ports.length === 0) return undefined;
  return ports.sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1));
}

function addressOf(service: Service, { pod, ip }: Backend): Address {
  const hostname = hostnameIn(service, pod);
  return {
    ip,
    ...(hostname === undefined ? {} : { hostname }),
    ...(pod.spec?.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: referenceTo(pod),
  };
}

function subsetOf({ ports, addresses, notReadyAddresses }: Group): Subset {
  return {
    ...(addresses.length === 0 ? {} : { addresses }),
    ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
    ...(ports.length === 0 ? {} : { ports }),
  };
}
