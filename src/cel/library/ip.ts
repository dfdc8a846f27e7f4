import { isIPv4, isIPv6 } from 'node:net';

import ipaddr from 'ipaddr.js';

import { opaque, type CelType } from '../cel-type.ts';
import { CelError, noSuchOverload } from '../values/cel-error.ts';
import type { CelValue } from '../values/cel-value.ts';
import { overload, traversal, type Overload } from './overload.ts';
import * as receive from './receive.ts';

/** An address without a zone; IPv4 inside IPv6 is not let in. */
export class IpValue {
  readonly celType: CelType = IP_TYPE;
  readonly bytes: readonly number[];

  constructor(bytes: readonly number[]) {
    this.bytes = bytes;
  }

  /** Throws `CelError`. */
  static parse(text: string): IpValue {
    if (!isIPv4(text) && !isIPv6(text)) {
      throw new CelError(`IP Address "${text}" parse error during conversion from string: unable to parse IP`);
    }
    if (text.includes('%')) {
      throw new CelError(`IP address "${text}" with zone value is not allowed`);
    }
    const bytes = ipaddr.parse(text).toByteArray();
    if (bytes.length === 16 && MAPPED.every((byte, index) => bytes[index] === byte)) {
      throw new CelError(`IPv4-mapped IPv6 address "${text}" is not allowed`);
    }
    return new IpValue(bytes);
  }

  get family(): 4 | 6 {
    return this.bytes.length === 4 ? 4 : 6;
  }

  toString(): string {
    const address = ipaddr.fromByteArray([...this.bytes]);
    return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
  }

  equals(other: CelValue): boolean {
    return other instanceof IpValue && this.isIn(other, other.bytes.length * 8);
  }

  /** Whether the first bits are those of another address. */
  isIn(other: IpValue, bits: number): boolean {
    if (other.family !== this.family) return false;
    const same = masked(other.bytes, bits);
    return masked(this.bytes, bits).every((byte, index) => byte === same[index]);
  }
}

const IP_TYPE = opaque('net.IP');
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255];

export function masked(bytes: readonly number[], bits: number): readonly number[] {
  return bytes.map((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - index * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
}

export function ip(value: CelValue | undefined): IpValue {
  if (value instanceof IpValue) return value;
  throw noSuchOverload();
}

const RANGES = {
  isUnspecified: ['0.0.0.0/32', '::/128'],
  isLoopback: ['127.0.0.0/8', '::1/128'],
  isLinkLocalMulticast: ['224.0.0.0/24', 'ff02::/16'],
  isLinkLocalUnicast: ['169.254.0.0/16', 'fe80::/10'],
  isMulticast: ['224.0.0.0/4', 'ff00::/8'],
  isBroadcast: ['255.255.255.255/32'],
} as const;

function isInRange(address: IpValue, name: keyof typeof RANGES): boolean {
  return RANGES[name].some((range) => {
    const [base = '', bits] = range.split('/');
    return address.isIn(new IpValue(ipaddr.parse(base).toByteArray()), Number(bits));
  });
}

function isGlobalUnicast(address: IpValue): boolean {
  const others = ['isUnspecified', 'isLoopback', 'isMulticast', 'isLinkLocalUnicast', 'isBroadcast'] as const;
  return others.every((name) => !isInRange(address, name));
}

const scan = { cost: ([size = 0]: readonly number[]) => traversal(size) };

export const IPS: readonly Overload[] = [
  overload('ip', '(string): net.IP', ([text]) => IpValue.parse(receive.string(text)), scan),
  overload('isIP', '(string): bool', ([text]) => parses(() => IpValue.parse(receive.string(text))), scan),
  overload('ip.isCanonical', '(string): bool', ([text]) => IpValue.parse(receive.string(text)).toString() === text, {
    cost: ([size = 0]) => Math.ceil(size * 0.2),
  }),
  overload('family', 'net.IP.(): int', ([value]) => BigInt(ip(value).family)),
  ...(['isUnspecified', 'isLoopback', 'isLinkLocalMulticast', 'isLinkLocalUnicast'] as const).map((name) =>
    overload(name, 'net.IP.(): bool', ([value]) => isInRange(ip(value), name)),
  ),
  overload('isGlobalUnicast', 'net.IP.(): bool', ([value]) => isGlobalUnicast(ip(value))),
  overload('string', '(net.IP): string', ([value]) => ip(value).toString(), {
    resultSize: () => ({ min: 2, max: 39 }),
  }),
];

export function parses(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (err) {
    if (err instanceof CelError) return false;
    throw err;
  }
}
