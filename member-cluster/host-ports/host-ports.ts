import { readFileSync } from 'node:fs';

/** The port of this machine at which a port of an address of the cluster is opened. */
export type HostPort = (host: string, port: number) => number;

/** Every port is opened as it is. */
export const samePort: HostPort = (_host, port) => port;

/** What is added to a port that this process may not open. */
const MOVED_BY = 10_000;

export interface HostPortsOptions {
  /** Whether an address is the cluster's own; others are not moved. */
  readonly owns: (address: string) => boolean;
  /** Ports below need a right that this process has not; 0 when it may open all. */
  readonly lowest: number;
}

/**
 * Ports that this process may not open are opened 10,000 higher, by all parts of the cluster alike: a pod listens there,
 * its probes and the service proxy find it there, and a client from outside goes to the Service's port there.
 */
export function hostPorts({ owns, lowest }: HostPortsOptions): HostPort {
  if (lowest === 0) return samePort;
  return (host, port) => (port > 0 && port < lowest && owns(host) ? port + MOVED_BY : port);
}

const CAP_NET_BIND_SERVICE = 10n;

/** The lowest port that this process may open on Linux (`ip(7)`, `capabilities(7)`); 0 when it may open all. */
export function lowestOpenPort(): number {
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(readIfThere('/proc/self/status'))?.[1];
  if (capabilities === undefined) return process.getuid?.() === 0 ? 0 : 1024;
  if (((BigInt(`0x${capabilities}`) >> CAP_NET_BIND_SERVICE) & 1n) === 1n) return 0;
  const start = Number(readIfThere('/proc/sys/net/ipv4/ip_unprivileged_port_start').trim() || '1024');
  return start <= 1 ? 0 : start;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
