import type { RecordSet as AzureRecordSet } from '@azure/arm-dns';
import {
  certificationAuthorityText,
  parseCertificationAuthority,
  textItem,
  textStrings,
  type RecordSet,
} from '../../zone/index.ts';
import { DnsProviderError } from '../dns-provider.ts';

/** How records of one type are told, each type in a field of its own. */
interface RecordField {
  readonly write: (data: readonly string[]) => AzureRecordSet;
  readonly read: (set: AzureRecordSet) => readonly string[];
}

const withoutDot = (name = '') => name.toLowerCase().replace(/\.$/, '');

const fields: Readonly<Record<string, RecordField>> = {
  A: {
    write: (data) => ({ aRecords: data.map((ipv4Address) => ({ ipv4Address })) }),
    read: ({ aRecords = [] }) => aRecords.map(({ ipv4Address = '' }) => ipv4Address),
  },
  AAAA: {
    write: (data) => ({ aaaaRecords: data.map((ipv6Address) => ({ ipv6Address })) }),
    read: ({ aaaaRecords = [] }) => aaaaRecords.map(({ ipv6Address = '' }) => ipv6Address),
  },
  CAA: {
    write: (data) => ({ caaRecords: data.map(authority) }),
    read: ({ caaRecords = [] }) =>
      caaRecords.map(({ flags = 0, tag = '', value = '' }) =>
        certificationAuthorityText({ flags, tag, value: Buffer.from(value) }),
      ),
  },
  CNAME: {
    write: ([cname = '']) => ({ cnameRecord: { cname } }),
    read: ({ cnameRecord }) => (cnameRecord === undefined ? [] : [withoutDot(cnameRecord.cname)]),
  },
  MX: {
    write: (data) => ({
      mxRecords: data.map((item) => {
        const [preference, exchange = ''] = item.split(' ');
        return { preference: Number(preference), exchange };
      }),
    }),
    read: ({ mxRecords = [] }) =>
      mxRecords.map(({ preference = 0, exchange }) => `${preference} ${exchange === '.' ? '.' : withoutDot(exchange)}`),
  },
  NS: {
    write: (data) => ({ nsRecords: data.map((nsdname) => ({ nsdname })) }),
    read: ({ nsRecords = [] }) => nsRecords.map(({ nsdname }) => withoutDot(nsdname)),
  },
  PTR: {
    write: (data) => ({ ptrRecords: data.map((ptrdname) => ({ ptrdname })) }),
    read: ({ ptrRecords = [] }) => ptrRecords.map(({ ptrdname }) => withoutDot(ptrdname)),
  },
  SRV: {
    write: (data) => ({
      srvRecords: data.map((item) => {
        const [priority, weight, port, target = ''] = item.split(' ');
        return { priority: Number(priority), weight: Number(weight), port: Number(port), target };
      }),
    }),
    read: ({ srvRecords = [] }) =>
      srvRecords.map(({ priority = 0, weight = 0, port = 0, target }) =>
        [priority, weight, port, target === '.' ? '.' : withoutDot(target)].join(' '),
      ),
  },
  TXT: {
    write: (data) => ({ txtRecords: data.map((item) => ({ value: textStrings(item).map(plainText) })) }),
    read: ({ txtRecords = [] }) =>
      txtRecords.map(({ value = [] }) => textItem(value.map((string) => Buffer.from(string)))),
  },
};

/** The records of a set in the field of its type. Throws `DnsProviderError` code `Invalid` where Azure has none. */
export function writeFields({ type, data }: RecordSet): AzureRecordSet {
  const field = fields[type];
  if (field === undefined) throw new DnsProviderError('Invalid', `Azure DNS has no records of type ${type}`);
  return field.write(data);
}

/** Empty for a type that is not known here. */
export const readFields = (type: string, set: AzureRecordSet): readonly string[] => fields[type]?.read(set) ?? [];

function authority(item: string) {
  const found = parseCertificationAuthority(item);
  // @NOTE data of a set was parsed when the set was found valid.
  const { flags, tag, value } = found as NonNullable<typeof found>;
  return { flags, tag, value: Buffer.from(value).toString('utf8') };
}

/** It tells strings as text: bytes that are none cannot be said. */
function plainText(string: Buffer): string {
  const text = string.toString('utf8');
  if (Buffer.from(text).equals(string)) return text;
  throw new DnsProviderError('Invalid', 'Azure DNS has no texts with bytes that are not UTF-8');
}
