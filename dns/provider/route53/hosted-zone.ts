import type { ListResourceRecordSetsRequest, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { DnsProviderError } from '../dns-provider.ts';
import type { Pages } from '../remote/read-names.ts';
import type { Route53Sender } from './route53-client.ts';
import { plainName } from './record-sets.ts';

const PAGE_SIZE = 300;

/**
 * The id of the zone. Rejects with `NoSuchZone` where there is none, and `Invalid` where there are several and nobody
 * says which: private zones may have the name of a public one.
 */
export async function findHostedZone(
  sender: Route53Sender,
  zone: { readonly name: string; readonly id?: string },
  signal: AbortSignal,
): Promise<string> {
  const { name, id } = zone;
  if (id !== undefined) return requireHostedZone(sender, { name, id }, signal);
  const { ListHostedZonesByNameCommand } = sender.sdk;
  const answer = await sender.send(
    (client, abortSignal) => client.send(new ListHostedZonesByNameCommand({ DNSName: `${name}.` }), { abortSignal }),
    signal,
  );
  const ids = (answer.HostedZones ?? []).flatMap((one) => (plainName(one.Name ?? '') === name ? plainId(one.Id) : []));
  const [only, ...others] = ids;
  if (only === undefined) throw new DnsProviderError('NoSuchZone', `Route 53 has no hosted zone ${name}`);
  if (others.length === 0) return only;
  const which = `Route 53 has ${ids.length} hosted zones ${name} (${ids.join(', ')}): say by its id which one is meant`;
  throw new DnsProviderError('Invalid', which);
}

async function requireHostedZone(
  { sdk: { GetHostedZoneCommand }, send }: Route53Sender,
  { name, id }: { readonly name: string; readonly id: string },
  signal: AbortSignal,
): Promise<string> {
  const answer = await send(
    (client, abortSignal) => client.send(new GetHostedZoneCommand({ Id: id }), { abortSignal }),
    signal,
  );
  const found = plainName(answer.HostedZone?.Name ?? '');
  if (found === name) return plainId(id);
  throw new DnsProviderError('NoSuchZone', `hosted zone ${id} of Route 53 is ${found}, not ${name}`);
}

const plainId = (id = '') => id.replace(/^\/hostedzone\//, '');

/** Every record of the zone, or of one name in it. */
export async function readRecords(
  { sdk: { ListResourceRecordSetsCommand }, send }: Route53Sender,
  { zoneId, name }: { readonly zoneId: string; readonly name?: string },
  signal: AbortSignal,
): Promise<Pages<ResourceRecordSet>> {
  const records: ResourceRecordSet[] = [];
  let start: Pick<ListResourceRecordSetsRequest, 'StartRecordName' | 'StartRecordType' | 'StartRecordIdentifier'> =
    name === undefined ? {} : { StartRecordName: `${name}.` };
  for (let pages = 1; ; pages++) {
    const page = new ListResourceRecordSetsCommand({
      HostedZoneId: zoneId,
      MaxItems: name === undefined ? PAGE_SIZE : PAGE_SIZE / 3,
      ...start,
    });
    const answer = await send((client, abortSignal) => client.send(page, { abortSignal }), signal);
    const found = answer.ResourceRecordSets ?? [];
    const ours = name === undefined ? found : found.filter((record) => plainName(record.Name ?? '') === name);
    records.push(...ours);
    const isLast = answer.IsTruncated !== true || answer.NextRecordName === undefined;
    if (isLast || ours.length < found.length) return { items: records, pages };
    start = {
      StartRecordName: answer.NextRecordName,
      StartRecordType: answer.NextRecordType,
      StartRecordIdentifier: answer.NextRecordIdentifier,
    };
  }
}
