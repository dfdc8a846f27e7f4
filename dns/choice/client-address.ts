import { isIP } from 'node:net';

/** An address, or as much of one as is known. */
export interface ClientAddress {
  /** 4 or 16 of them; zero beyond the prefix. */
  readonly bytes: Uint8Array;
  /** Bits that are known: 32 or 128 for a whole address. */
  readonly prefixLength: number;
}

/** Of `192.0.2.1`, `192.0.2.0/24` or the same in IPv6; `undefined` for anything else. IPv4 mapped to IPv6 is IPv4. */
export function parseClientAddress(text: string): ClientAddress | undefined {
  const slash = text.indexOf('/');
  const whole = unmapped(bytesOf(slash === -1 ? text : text.slice(0, slash)));
  if (whole === undefined) return undefined;
  const length = slash === -1 ? '' : text.slice(slash + 1);
  if (slash !== -1 && !/^\d{1,3}$/.test(length)) return undefined;
  return clientAddress(whole, slash === -1 ? whole.length * 8 : Number(length));
}

/** The first bits of an address; `undefined` where it has no such prefix. */
export function clientAddress(address: Uint8Array, prefixLength: number): ClientAddress | undefined {
  if ((address.length !== 4 && address.length !== 16) || prefixLength > address.length * 8) return undefined;
  return { bytes: masked(address, prefixLength), prefixLength };
}

/** The address with zeros beyond the prefix. */
export function masked(address: Uint8Array, prefixLength: number): Uint8Array {
  return address.map((byte, index) => {
    const bits = Math.min(Math.max(prefixLength - index * 8, 0), 8);
    return byte & (0xff00 >> bits);
  });
}

/** `192.0.2.0/24` */
export function formatPrefix({ bytes, prefixLength }: ClientAddress): string {
  return `${formatAddress(bytes)}/${prefixLength}`;
}

/** IPv6 in groups, the first zeros among them left out. */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
  );
  return groups.join(':').replace(/(^|:)0(:0)+(:|$)/, '::');
}

function bytesOf(text: string): Uint8Array | undefined {
  switch (isIP(text)) {
    case 4:
      return Uint8Array.from(text.split('.'), Number);
    case 6:
      return bytesOfIPv6(text);
    default:
      return undefined;
  }
}

/** Of text that is known to be one; a zone index says nothing of where. */
function bytesOfIPv6(text: string): Uint8Array {
  const [address = ''] = text.split('%');
  const [head = '', tail] = address.split('::');
  const front = groupsOf(head);
  const back = tail === undefined ? [] : groupsOf(tail);
  const groups = [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}

const MAPPED_PREFIX = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);

function unmapped(address: Uint8Array | undefined): Uint8Array | undefined {
  if (address?.length !== 16 || MAPPED_PREFIX.some((byte, index) => address[index] !== byte)) return address;
  return address.subarray(12);
}
