import { DnsProviderError } from '../dns-provider.ts';
import { absoluteName } from '../master-data.ts';
import { mapInTurns } from '../remote/map-in-turns.ts';
import { readNames } from '../remote/read-names.ts';
import type { RemoteZoneApi } from '../remote/remote-zone.ts';
import { changes } from './changes.ts';
import type { GoogleSender } from './google-sender.ts';
import type { RoutingOptions } from './routing-policy.ts';
import { heldRrset, rrsetOf, setOf, type Rrset } from './rrsets.ts';

export interface ManagedZoneOptions {
  readonly name: string;
  /** Its name as a resource, or its number. */
  readonly id: string;
  readonly send: GoogleSender;
  readonly routing: RoutingOptions;
}

const PAGE_SIZE = 1000;

export function createManagedZone({ name, id, send, routing }: ManagedZoneOptions): RemoteZoneApi<Rrset> {
  const path = `managedZones/${encodeURIComponent(id)}`;
  const readPages = async (filter: Readonly<Record<string, string>>, signal: AbortSignal) => {
    const items: unknown[] = [];
    let token: string | undefined;
    for (let pages = 1; ; pages++) {
      const query = { ...filter, maxResults: PAGE_SIZE, ...(token === undefined ? {} : { pageToken: token }) };
      const { rrsets, nextPageToken } = await send({ path: `${path}/rrsets`, query }, signal);
      items.push(...listOf(rrsets));
      if (typeof nextPageToken !== 'string') return { items, pages };
      token = nextPageToken;
    }
  };
  const read = readNames<unknown>({
    all: (signal) => readPages({}, signal),
    ofName: (one, signal) => readPages({ name: `${one}.` }, signal),
  });
  return {
    name,
    asPublished: (set) => {
      const published = setOf(rrsetOf(set, routing), routing);
      return typeof published === 'string' ? set : published;
    },
    read: async (names, signal) => mapInTurns(await read(names, signal), (raw) => heldRrset(raw, routing)),
    write: async (steps, signal) => {
      const added = ({ after }: { readonly after?: Parameters<typeof rrsetOf>[0] }) =>
        after === undefined ? undefined : rrsetOf(after, routing);
      for (const body of changes(steps, added)) await send({ path: `${path}/changes`, body }, signal);
    },
  };
}

/** What a request calls the zone. Rejects with `NoSuchZone` or, where there are several of the name, with `Invalid`. */
export async function findManagedZone(
  send: GoogleSender,
  { name, id }: { readonly name: string; readonly id?: string },
  signal: AbortSignal,
): Promise<string> {
  const found =
    id === undefined
      ? listOf((await send({ path: 'managedZones', query: { dnsName: `${name}.` } }, signal))['managedZones'])
      : [await send({ path: `managedZones/${encodeURIComponent(id)}` }, signal)];
  const zones = found.filter(isManagedZone);
  const ids = zones.flatMap((zone) => (absoluteName(zone.dnsName) === name ? zone.name : []));
  const [only, ...others] = ids;
  if (only === undefined) {
    const other = zones.map((zone) => ` (${zone.name} is ${absoluteName(zone.dnsName)})`).join('');
    throw new DnsProviderError('NoSuchZone', `Cloud DNS has no zone ${name} in the project${other}`);
  }
  if (others.length === 0) return only;
  const which = `Cloud DNS has ${ids.length} zones ${name} (${ids.join(', ')}): say by its id which one is meant`;
  throw new DnsProviderError('Invalid', which);
}

const isManagedZone = (value: unknown): value is { readonly name: string; readonly dnsName: string } =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  typeof value.name === 'string' &&
  'dnsName' in value &&
  typeof value.dnsName === 'string';

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
