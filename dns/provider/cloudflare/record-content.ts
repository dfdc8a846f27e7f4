import { certificationAuthorityText, parseCertificationAuthority, type RecordSet } from '../../zone/index.ts';
import { DnsProviderError } from '../dns-provider.ts';
import { fromMasterData, masterData } from '../master-data.ts';

/** What one record says, in the fields that the API has for its type. */
export interface RecordContent {
  readonly content?: string;
  /** Of MX, beside the content. */
  readonly priority?: number;
  /** Of types with several parts, in place of the content. */
  readonly data?: Readonly<Record<string, string | number>>;
}

const TYPES = new Set(['A', 'AAAA', 'CAA', 'CNAME', 'HTTPS', 'MX', 'NS', 'PTR', 'SRV', 'SVCB', 'TXT']);

/** Throws `DnsProviderError` code `Invalid` for a type that Cloudflare does not know. */
export function recordContent(type: RecordSet['type'], item: string): RecordContent {
  const [first = '', second = '', ...rest] = item.split(' ');
  switch (type) {
    case 'MX':
      return { content: second, priority: Number(first) };
    case 'SRV': {
      const [port = '', target = ''] = rest;
      return { data: { priority: Number(first), weight: Number(second), port: Number(port), target } };
    }
    case 'SVCB':
    case 'HTTPS':
      return { data: { priority: Number(first), target: second, value: rest.join(' ') } };
    case 'CAA':
      return { data: authorityOf(item) };
    default:
      if (!TYPES.has(type)) throw new DnsProviderError('Invalid', `Cloudflare has no records of type ${type}`);
      return { content: type === 'TXT' ? masterData(type, item) : item };
  }
}

function authorityOf(item: string): Readonly<Record<string, string | number>> {
  const found = parseCertificationAuthority(item);
  // @NOTE data of a set was parsed when the set was found valid.
  const { flags, tag, value } = found as NonNullable<typeof found>;
  return { flags, tag, value: Buffer.from(value).toString('utf8') };
}

/** The text of a record; `recordContent` of it is what Cloudflare has. */
export function contentText(type: string, { content = '', priority, data = {} }: RecordContent): string {
  const parts = (...names: string[]) => names.map((name) => String(data[name] ?? '')).join(' ');
  switch (type) {
    case 'MX':
      return `${priority ?? 0} ${withoutDot(content)}`;
    case 'SRV':
      return withoutDot(parts('priority', 'weight', 'port', 'target'));
    case 'SVCB':
    case 'HTTPS':
      return parts('priority', 'target', 'value').trim();
    case 'CAA': {
      const { flags = 0, tag = '', value = '' } = data;
      return certificationAuthorityText({ flags: Number(flags), tag: String(tag), value: Buffer.from(String(value)) });
    }
    default:
      // @NOTE other types than ours are read as if they were, and refused afterwards.
      return fromMasterData(type as RecordSet['type'], content);
  }
}

const withoutDot = (text: string) => text.toLowerCase().replace(/\.$/, '');
