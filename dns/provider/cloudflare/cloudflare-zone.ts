import { DnsProviderError } from '../dns-provider.ts';
import { absoluteName } from '../master-data.ts';
import { readNames } from '../remote/read-names.ts';
import type { RemoteZoneApi } from '../remote/remote-zone.ts';
import { batches } from './batches.ts';
import type { CloudflareSender } from './cloudflare-sender.ts';
import { asPublished, heldRecords, parseRecord, type CloudflareRecord, type HeldRecords } from './records.ts';

export interface CloudflareZoneOptions {
  readonly name: string;
  readonly id: string;
  readonly send: CloudflareSender;
  /** Changes in a batch: 200 in a zone that is free of charge, 3500 in others. */
  readonly batchSize: number;
}

const PAGE_SIZE = 1000;

export function createCloudflareZone({ name, id, send, batchSize }: CloudflareZoneOptions): RemoteZoneApi<HeldRecords> {
  const path = `/zones/${id}/dns_records`;
  const readPages = async (filter: Readonly<Record<string, string>>, signal: AbortSignal) => {
    const items: CloudflareRecord[] = [];
    for (let page = 1; ; page++) {
      const query = { ...filter, page, per_page: PAGE_SIZE, order: 'name' };
      const { result, pages } = await send({ path, query }, signal);
      items.push(...listOf(result).map(parseRecord));
      if (page >= pages) return { items, pages: page };
    }
  };
  const read = readNames<CloudflareRecord>({
    all: (signal) => readPages({}, signal),
    ofName: (one, signal) => readPages({ 'name.exact': one }, signal),
  });
  return {
    name,
    asPublished,
    read: async (names, signal) => heldRecords(await read(names, signal)),
    write: async (steps, signal) => {
      for (const body of batches(steps, batchSize)) await send({ path: `${path}/batch`, body }, signal);
    },
  };
}

/** The id of the zone. Rejects with `NoSuchZone` or, where there are several of the name, with `Invalid`. */
export async function findZone(
  send: CloudflareSender,
  { name, id }: { readonly name: string; readonly id?: string },
  signal: AbortSignal,
): Promise<string> {
  const request = id === undefined ? { path: '/zones', query: { name } } : { path: `/zones/${encodeURIComponent(id)}` };
  const { result } = await send(request, signal);
  const found = (id === undefined ? listOf(result) : [result]).map(parseZone);
  const ids = found.flatMap((zone) => (absoluteName(zone.name) === name ? zone.id : []));
  const [only, ...others] = ids;
  if (only === undefined) {
    const other = found.map((zone) => ` (${zone.id} is ${zone.name})`).join('');
    throw new DnsProviderError('NoSuchZone', `Cloudflare has no zone ${name} that these credentials see${other}`);
  }
  if (others.length === 0) return only;
  const which = `Cloudflare has ${ids.length} zones ${name} (${ids.join(', ')}): say by its id which one is meant`;
  throw new DnsProviderError('Invalid', which);
}

function parseZone(value: unknown): { readonly id: string; readonly name: string } {
  if (typeof value === 'object' && value !== null && 'id' in value && 'name' in value) {
    const { id, name } = value;
    if (typeof id === 'string' && typeof name === 'string') return { id, name };
  }
  throw new DnsProviderError('Unavailable', 'Cloudflare: an answer has no zone');
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
