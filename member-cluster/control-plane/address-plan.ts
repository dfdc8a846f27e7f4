/** Where everything of one member is found. */
export interface AddressPlan {
  readonly apiServer: { readonly host: string; readonly port: number };
  /** The Service `kubernetes`. */
  readonly kubernetesService: string;
  readonly clusterDns: string;
  /** The cluster IP with this number, 1 being the first. */
  serviceAddress(number: number): string;
  /** The number of a cluster IP; undefined outside the range. */
  serviceNumber(address: string): number | undefined;
  readonly serviceCidr: string;
  /** How many cluster IPs there are. */
  readonly serviceCount: number;
  readonly loadBalancerCidr: string;
  /** Whether an address is this member's to listen on. */
  owns(address: string): boolean;
  /** Of the node with this number, 1 being the first. */
  nodeAddress(number: number): string;
  podCidr(number: number): string;
  readonly maxNodes: number;
}

const API_PORT = 6443;
const SERVICE_BITS = 12;
const FIRST_SERVICE_OCTET = 96;
const LOAD_BALANCER_OCTET = 200;
const POD_OCTET = 128;

/** The plan of a block of loopback, `127.B.0.0/16`: every address of it can be listened on without any right. */
export function blockPlan(block: number): AddressPlan {
  if (!Number.isInteger(block) || block < 1 || block > 254) throw new TypeError(`not a block from 1 to 254: ${block}`);
  const prefix = `127.${block}`;
  const nodeNumbers = Array.from({ length: 126 }, (_, index) => index + 1);
  const podOctets = nodeNumbers.map((number) => POD_OCTET + number).filter((octet) => octet !== LOAD_BALANCER_OCTET);
  return {
    ...servicePlan(prefix),
    apiServer: { host: `${prefix}.0.1`, port: API_PORT },
    nodeAddress: (number) => `${prefix}.1.${number}`,
    podCidr: (number) => `${prefix}.${podOctets[number - 1] ?? outOf('pod blocks', number)}.0/24`,
    maxNodes: podOctets.length,
  };
}

/** The plan of a cluster that only simulates: nothing listens on these, so there are plenty. */
export function simulatedPlan(): AddressPlan {
  const upper = (number: number) => `${number >> 8}.${number & 255}`;
  return {
    ...servicePlan('10.0'),
    apiServer: { host: '10.0.0.1', port: API_PORT },
    nodeAddress: (number) => `10.1.${upper(number)}`,
    podCidr: (number) => `10.${64 + (number >> 8)}.${number & 255}.0/24`,
    maxNodes: 5000,
  };
}

function servicePlan(prefix: string) {
  const serviceCount = 2 ** SERVICE_BITS - 2;
  const serviceAddress = (number: number) => `${prefix}.${FIRST_SERVICE_OCTET + (number >> 8)}.${number & 255}`;
  return {
    serviceCidr: `${prefix}.${FIRST_SERVICE_OCTET}.0/${32 - SERVICE_BITS}`,
    serviceCount,
    serviceAddress,
    serviceNumber: (address: string) => {
      const [third, fourth] = address.startsWith(`${prefix}.`)
        ? address
            .slice(prefix.length + 1)
            .split('.')
            .map(Number)
        : [];
      const number = ((third ?? Number.NaN) - FIRST_SERVICE_OCTET) * 256 + (fourth ?? Number.NaN);
      return Number.isInteger(number) && number >= 1 && number <= serviceCount ? number : undefined;
    },
    kubernetesService: serviceAddress(1),
    clusterDns: serviceAddress(10),
    owns: (address: string) => address.startsWith(`${prefix}.`),
    loadBalancerCidr: `${prefix}.${LOAD_BALANCER_OCTET}.0/24`,
  };
}

function outOf(what: string, number: number): never {
  throw new TypeError(`a member has no ${number} ${what}`);
}
