import { isIPv4 } from 'node:net';
import type { Endpoint, Endpoints } from '../../../src/apis/index.ts';
import type { PortGroup } from '../endpoint-slice/slice-plan.ts';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];

/** So many addresses of a subset are mirrored. */
const MAX_ADDRESSES = 1000;
const SKIP = 'endpointslice.kubernetes.io/skip-mirror';
/** On Endpoints that only say who leads. */
const LEADER = 'control-plane.alpha.kubernetes.io/leader';

/** Whether these Endpoints ask for slices, as far as they know themselves. */
export function isMirrored({ metadata }: Endpoints): boolean {
  return metadata.labels?.[SKIP] !== 'true' && metadata.annotations?.[LEADER] === undefined;
}

/** What slices tell of Endpoints that somebody keeps by hand. */
export function groupsOf({ subsets = [] }: Endpoints): readonly PortGroup[] {
  return subsets.map(({ addresses = [], notReadyAddresses = [], ports = [] }) => ({
    ports: ports.map((port) => ({ ...port, name: port.name ?? '', protocol: port.protocol ?? 'TCP' })),
    endpoints: [
      ...addresses.map((address) => endpointOf(address, true)),
      ...notReadyAddresses.map((address) => endpointOf(address, false)),
    ]
      .filter(({ addresses: [ip = ''] }) => isIPv4(ip))
      .slice(0, MAX_ADDRESSES),
  }));
}

function endpointOf({ ip, hostname, nodeName, targetRef }: Address, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(targetRef === undefined ? {} : { targetRef }),
  };
}
