import type { Asker } from './chooser.ts';
import { parseClientAddress, type ClientAddress } from './client-address.ts';
import type { Place } from './place.ts';
import type { Places } from './places.ts';
import { PrefixTable } from './prefix-table.ts';

/** Where an asker is taken to be. */
export interface Location {
  readonly place: Place | undefined;
  /** Whose address stands for the client's. */
  readonly client: ClientAddress;
  readonly by: 'subnet' | 'resolver';
  /** Bits of the subnet that decided where it is; 0 where it decided nothing. */
  readonly scope: number;
}

/**
 * By the client's subnet, else by the resolver that asks for it. A private subnet counts only where a prefix of the
 * table is meant for it: everybody has those addresses.
 */
export function locate(places: Places, { resolver, subnet }: Asker): Location {
  if (subnet === undefined || subnet.prefixLength === 0) return atResolver(places, resolver);
  const { place, scope } = places.find(subnet);
  if (place !== undefined) return { place, client: subnet, by: 'subnet', scope };
  if (isPrivate(subnet)) return atResolver(places, resolver);
  // Resolvers are mostly near those that they ask for.
  return { place: places.find(resolver).place, client: subnet, by: 'subnet', scope };
}

function atResolver(places: Places, resolver: ClientAddress): Location {
  return { place: places.find(resolver).place, client: resolver, by: 'resolver', scope: 0 };
}

const privatePrefixes = new PrefixTable();
for (const cidr of [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
  ...['224.0.0.0/3', '::/8', 'fc00::/7', 'fe80::/9', 'ff00::/8'],
]) {
  const prefix = parseClientAddress(cidr);
  if (prefix !== undefined) privatePrefixes.set(prefix, 0);
}

/** No address of the Internet (RFC 6890): this host, loopback, private use, shared, link-local, multicast. */
function isPrivate(address: ClientAddress): boolean {
  return privatePrefixes.find(address).value !== -1;
}
