import { isWithin } from './name.ts';
import { recordKey, type AnyRecordSet, type RecordSet } from './record-set.ts';
import { validRecordSet } from './validate-record-set.ts';
import { ZoneError } from './zone-error.ts';

/** What a zone is, apart from the records published in it. */
export interface ZoneOptions {
  readonly name: string;
  /** At least one; default `ns1.<zone>`. Addresses, where given and in the zone, are published as the zone's own. */
  readonly nameservers?: readonly { readonly name: string; readonly addresses?: readonly string[] }[];
  /** Record sets that are in the zone beside what is published, which cannot change them. */
  readonly records?: readonly RecordSet[];
  /** TTL of SOA and NS; default 180. */
  readonly ttlSeconds?: number;
  /** How long resolvers may keep "there is none" (RFC 2308 §5); default 5, because shards come at any moment. */
  readonly negativeTtlSeconds?: number;
}

const DEFAULT_TTL_SECONDS = 180;
const DEFAULT_NEGATIVE_TTL_SECONDS = 5;
const REFRESH_SECONDS = 60;
const RETRY_SECONDS = 30;
const EXPIRE_SECONDS = 604_800;

export function soaOf(options: ZoneOptions, serial: number): AnyRecordSet {
  const { name, ttlSeconds = DEFAULT_TTL_SECONDS, negativeTtlSeconds = DEFAULT_NEGATIVE_TTL_SECONDS } = options;
  const primary = nameserversOf(options)[0]?.name ?? name;
  const times = `${REFRESH_SECONDS} ${RETRY_SECONDS} ${EXPIRE_SECONDS} ${negativeTtlSeconds}`;
  return { name, type: 'SOA', ttlSeconds, data: [`${primary} hostmaster.${name} ${serial} ${times}`] };
}

/** The SOA as negative answers have it: for min(SOA TTL, minimum) (RFC 2308 §5). */
export function negativeSoaOf(soa: AnyRecordSet, { negativeTtlSeconds }: ZoneOptions): AnyRecordSet {
  return { ...soa, ttlSeconds: Math.min(soa.ttlSeconds, negativeTtlSeconds ?? DEFAULT_NEGATIVE_TTL_SECONDS) };
}

/**
 * What is in the zone before anything is published in it, and stays: all but its SOA. Throws `ZoneError` on what is no
 * record set of the zone, or there twice.
 */
export function ownSets(options: ZoneOptions): RecordSet[] {
  const { name: zone, records = [] } = options;
  const sets = [...nameserverSets(options), ...records].map(validRecordSet);
  const keys = new Set<string>();
  for (const set of sets) {
    if (!isWithin(set.name, zone)) throw new ZoneError('OutsideZone', `name ${set.name} is not in zone ${zone}`);
    const key = recordKey(set);
    if (keys.has(key))
      throw new ZoneError('Invalid', `${set.name} ${set.type} is there twice: of a name server, and of a record`);
    keys.add(key);
  }
  return sets;
}

function nameserverSets(options: ZoneOptions): RecordSet[] {
  const { name: zone, ttlSeconds = DEFAULT_TTL_SECONDS } = options;
  const nameservers = nameserversOf(options);
  const sets: RecordSet[] = [{ name: zone, type: 'NS', ttlSeconds, data: nameservers.map(({ name }) => name) }];
  for (const { name, addresses = [] } of nameservers) {
    if (!isWithin(name, zone)) continue;
    const v4 = addresses.filter((address) => !address.includes(':'));
    const v6 = addresses.filter((address) => address.includes(':'));
    if (v4.length > 0) sets.push({ name, type: 'A', ttlSeconds, data: v4 });
    if (v6.length > 0) sets.push({ name, type: 'AAAA', ttlSeconds, data: v6 });
  }
  return sets;
}

/** All that the options put in the zone, as text that is the same as long as they do. */
export function optionsText(options: ZoneOptions): string {
  return JSON.stringify([soaOf(options, 0), ...ownSets(options)]);
}

function nameserversOf(options: ZoneOptions): NonNullable<ZoneOptions['nameservers']> {
  const { nameservers = [] } = options;
  return nameservers.length > 0 ? nameservers : [{ name: `ns1.${options.name}` }];
}
