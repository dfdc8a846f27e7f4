import type { RecordSet as AzureRecordSet } from '@azure/arm-dns';
import { mapConcurrent } from '../../../src/component-base/index.ts';
import { DnsProviderError } from '../dns-provider.ts';
import type { Step } from '../remote/held.ts';
import { mapInTurns } from '../remote/map-in-turns.ts';
import { readNames, type Pages } from '../remote/read-names.ts';
import type { RemoteZoneApi } from '../remote/remote-zone.ts';
import type { AzureSender } from './azure-sender.ts';
import { asPublished, azureRecordSet, azureType, commonSuffix, heldRecordSet, relativeName } from './record-sets.ts';

export interface AzureZoneOptions {
  readonly name: string;
  readonly resourceGroup: string;
  readonly send: AzureSender;
}

const PAGE_SIZE = 500;
const AT_ONCE = 8;

/**
 * Sets are written one by one, each only if it is what was seen: there is no change of several. At one name what goes
 * goes first.
 */
export function createAzureZone({ name: zone, resourceGroup, send }: AzureZoneOptions): RemoteZoneApi<AzureRecordSet> {
  const read = readNames<AzureRecordSet>({
    all: (signal) => readPages(undefined, signal),
    ofName: (name, signal) => readPages(commonSuffix(zone, name), signal),
  });

  async function readPages(suffix: string | undefined, signal: AbortSignal): Promise<Pages<AzureRecordSet>> {
    const filter = suffix === undefined ? {} : { recordSetNameSuffix: suffix };
    const pages = await send(async ({ recordSets }, options) => {
      return recordSets.listAllByDnsZone(resourceGroup, zone, { top: PAGE_SIZE, ...filter, ...options }).byPage();
    }, signal);
    const items: AzureRecordSet[] = [];
    for (let count = 0; ; count++) {
      const page = await send(() => pages.next(), signal);
      if (page.done === true) return { items, pages: count };
      items.push(...page.value);
    }
  }

  const write = ({ name, type, before, after }: Step<AzureRecordSet>, signal: AbortSignal) =>
    send(async ({ recordSets }, options) => {
      const relative = relativeName(zone, name);
      const etag = before?.raw.etag;
      const seen = etag === undefined ? { ifNoneMatch: '*' } : { ifMatch: etag };
      if (after === undefined) {
        await recordSets.delete(resourceGroup, zone, relative, azureType(type), { ...seen, ...options });
        return;
      }
      const wanted = azureRecordSet(after, before?.raw);
      await recordSets.createOrUpdate(resourceGroup, zone, relative, azureType(type), wanted, { ...seen, ...options });
    }, signal);

  return {
    name: zone,
    asPublished,
    read: async (names, signal) => mapInTurns(await read(names, signal), (raw) => heldRecordSet(zone, raw)),
    write: async (steps, signal) => {
      const byName = [...Map.groupBy(steps, ({ name }) => name).values()];
      const results = await mapConcurrent(byName, AT_ONCE, (ofName) => writeInOrder(ofName, signal), signal);
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  };

  async function writeInOrder(steps: readonly Step<AzureRecordSet>[], signal: AbortSignal): Promise<void> {
    const gone = steps.filter(({ after }) => after === undefined);
    for (const step of [...gone, ...steps.filter(({ after }) => after !== undefined)]) await write(step, signal);
  }
}

const ZONE_ID = /\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Network\/dnszones\/([^/]+)$/i;

export interface WantedZone {
  readonly name: string;
  readonly resourceGroup?: string;
  /** Of the resource. */
  readonly id?: string;
}

/** The resource group of the zone. Rejects with `NoSuchZone` or, where there are several of the name, with `Invalid`. */
export async function findResourceGroup(send: AzureSender, wanted: WantedZone, signal: AbortSignal): Promise<string> {
  const { name, id } = wanted;
  const group = id === undefined ? wanted.resourceGroup : groupOf(id, name);
  if (group === undefined) return findInSubscription(send, name, signal);
  await send(({ zones }, options) => zones.get(group, name, options), signal);
  return group;
}

function groupOf(id: string, name: string): string {
  const [, group, nameOfId] = ZONE_ID.exec(id) ?? [];
  if (group === undefined || nameOfId === undefined) {
    throw new DnsProviderError('Invalid', `zone id ${id} is not that of a DNS zone of Azure, /subscriptions/…`);
  }
  if (nameOfId.toLowerCase() === name) return group;
  throw new DnsProviderError('NoSuchZone', `zone id ${id} is that of ${nameOfId}, not of ${name}`);
}

async function findInSubscription(send: AzureSender, name: string, signal: AbortSignal): Promise<string> {
  const all = await send(({ zones }, options) => Array.fromAsync(zones.list(options)), signal);
  const ids = all.flatMap((zone) => (zone.name?.toLowerCase() === name && zone.id !== undefined ? zone.id : []));
  const [only, ...others] = ids;
  if (only === undefined) throw new DnsProviderError('NoSuchZone', `Azure DNS has no zone ${name} in the subscription`);
  if (others.length === 0) return groupOf(only, name);
  const which = `Azure DNS has ${ids.length} zones ${name} (${ids.join(', ')}): say by its id which one is meant`;
  throw new DnsProviderError('Invalid', which);
}
