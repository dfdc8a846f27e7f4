import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { textItem, textStrings, type RecordSet } from '../../zone/index.ts';
import { DnsProviderError } from '../dns-provider.ts';

/** One record as CoreDNS' `etcd` plugin reads it, in SkyDNS' words; what else is in its JSON is ignored there. */
interface SkyDnsRecord {
  readonly host?: string;
  readonly text?: string;
  readonly port?: number;
  readonly priority?: number;
  readonly weight?: number;
  readonly ttl?: number;
  readonly mail?: boolean;
  readonly targetstrip?: number;
  readonly group?: string;
}

/** What one key says: one record, or two where a text stands beside a host. */
export interface ReadRecord {
  readonly name: string;
  readonly type: string;
  readonly ttlSeconds: number;
  readonly item: string;
  /** Why it cannot be changed without changing something else. */
  readonly problem?: string;
}

/** What the plugin gives records that say nothing of it. */
const DEFAULT_TTL_SECONDS = 300;

/** Where the records of a name are: labels in reverse, below the plugin's path. */
export function pathOf(prefix: string, name: string): string {
  return ['', ...prefix.split('/').filter((part) => part !== ''), ...name.split('.').reverse()].join('/');
}

/**
 * The keys of a set, a record each, in one label below the name. The group is the name itself: the plugin answers with
 * all that is below a name, but of the group of what is nearest only.
 */
export function writtenKeys(prefix: string, set: RecordSet): ReadonlyMap<string, string> {
  const path = pathOf(prefix, set.name);
  return new Map(
    set.data.map((item) => {
      const label = createHash('sha256').update(`${set.type} ${item}`).digest('hex').slice(0, 12);
      const record = { ...contentOf(set, item), ttl: set.ttlSeconds, group: set.name };
      return [`${path}/${label}`, JSON.stringify(record)];
    }),
  );
}

/** Throws `DnsProviderError` for what the plugin does not serve. */
export function requireServed({ name, type, data }: RecordSet): void {
  const served = ['A', 'AAAA', 'CNAME', 'TXT', 'SRV', 'PTR', 'MX'];
  if (!served.includes(type)) {
    throw new DnsProviderError('Invalid', `record set ${name} ${type}: CoreDNS serves no ${type} from etcd`);
  }
  if (name.startsWith('*.')) {
    throw new DnsProviderError('Invalid', `record set ${name} ${type}: CoreDNS serves no wildcards from etcd`);
  }
  if (type === 'TXT' && data.some((item) => textOf(item) === undefined)) {
    throw new DnsProviderError('Invalid', `record set ${name} TXT: CoreDNS serves no text that is empty or no UTF-8`);
  }
  const isReverse = name.endsWith('.arpa');
  if (type === (isReverse ? 'CNAME' : 'PTR')) {
    throw new DnsProviderError(
      'Invalid',
      `record set ${name} ${type}: CoreDNS serves ${isReverse ? 'PTR' : 'CNAME'} there`,
    );
  }
}

/** The text that the strings of an item are together; undefined where they are none. */
export function textOf(item: string): string | undefined {
  const bytes = Buffer.concat(textStrings(item));
  return bytes.length > 0 && isUtf8(bytes) ? bytes.toString() : undefined;
}

/** The plugin cuts a text into strings as they are long. */
export function itemOf(text: string): string {
  const bytes = Buffer.from(text);
  const strings = Array.from({ length: Math.ceil(bytes.length / 255) }, (_, n) =>
    bytes.subarray(n * 255, (n + 1) * 255),
  );
  return textItem(strings);
}

function contentOf({ type }: RecordSet, item: string): SkyDnsRecord {
  const [first = '', second = '', third = '', fourth = ''] = item.split(' ');
  switch (
    type as string // @NOTE MX is no type of ours yet
  ) {
    case 'TXT':
      return { text: textOf(item) ?? '' };
    case 'MX':
      return { host: second, priority: Number(first), mail: true };
    case 'SRV':
      return { host: fourth, priority: Number(first), weight: Number(second), port: Number(third) };
    case 'A':
    case 'AAAA':
      // So that SRV of an address has the name itself for a target.
      return { host: item, targetstrip: 1 };
    default:
      return { host: item };
  }
}

/** What is said at `key`, which is below the path of the zone; nothing where it is no record. */
export function readRecords(prefix: string, key: string, value: string): readonly ReadRecord[] {
  const record = parse(value);
  if (record === undefined) return [];
  const depth = pathOf(prefix, '').split('/').length - 1;
  const labels = key.split('/').slice(depth).reverse();
  const name = nameOf(labels, record);
  const ttlSeconds = record.ttl ?? DEFAULT_TTL_SECONDS;
  const found = [
    ...(record.host === undefined || record.host === '' ? [] : [hostRecord(name, record.host, record)]),
    ...(record.text === undefined || record.text === '' ? [] : [{ type: 'TXT', item: itemOf(record.text) }]),
  ];
  const problem = found.length > 1 ? { problem: 'its key says something else besides' } : {};
  return found.map((one) => ({ name, ttlSeconds, ...one, ...problem }));
}

/** Without the label that only tells records of one name apart: ours, or that of others who write `targetstrip`. */
function nameOf(labels: readonly string[], { group, targetstrip = 0 }: SkyDnsRecord): string {
  const parent = labels.slice(1).join('.');
  return (group === parent ? parent : labels.slice(targetstrip).join('.')).toLowerCase();
}

function hostRecord(
  name: string,
  host: string,
  record: SkyDnsRecord,
): { readonly type: string; readonly item: string } {
  const { port = 0, priority = 0, weight = 0, mail = false } = record;
  const family = isIP(host);
  if (family !== 0) return { type: family === 4 ? 'A' : 'AAAA', item: host };
  const target = host.replace(/\.$/, '').toLowerCase();
  if (mail) return { type: 'MX', item: `${priority} ${target}` };
  if (port > 0) return { type: 'SRV', item: `${priority} ${weight} ${port} ${target}` };
  return { type: name.endsWith('.arpa') ? 'PTR' : 'CNAME', item: target };
}

function parse(value: string): SkyDnsRecord | undefined {
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch (err) {
    if (err instanceof SyntaxError) return undefined;
    throw err;
  }
  if (typeof json !== 'object' || json === null) return undefined;
  const fields = Object.entries(fieldTypes).filter(
    ([name, type]) => name in json && typeof Reflect.get(json, name) === type,
  );
  return Object.fromEntries(fields.map(([name]) => [name, Reflect.get(json, name)] as const)) satisfies SkyDnsRecord;
}

const fieldTypes: Readonly<Record<keyof SkyDnsRecord, 'string' | 'number' | 'boolean'>> = {
  host: 'string',
  text: 'string',
  port: 'number',
  priority: 'number',
  weight: 'number',
  ttl: 'number',
  mail: 'boolean',
  targetstrip: 'number',
  group: 'string',
};
