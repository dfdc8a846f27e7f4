import { opaque, type CelType } from '../cel-type.ts';
import { CelError, noSuchOverload } from '../values/cel-error.ts';
import type { CelValue } from '../values/cel-value.ts';
import { ip, IpValue, masked, parses } from './ip.ts';
import { overload, traversal, type Overload } from './overload.ts';
import * as receive from './receive.ts';

/** A prefix; the bits behind it are kept as written. */
export class CidrValue {
  readonly celType: CelType = CIDR_TYPE;
  readonly ip: IpValue;
  readonly bits: number;

  constructor(address: IpValue, bits: number) {
    this.ip = address;
    this.bits = bits;
  }

  /** Throws `CelError`. */
  static parse(text: string): CidrValue {
    const [, address = '', length] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
    const invalid = `network address parse error during conversion from string: netip.ParsePrefix("${text}")`;
    if (length === undefined || !parses(() => IpValue.parse(address))) throw new CelError(invalid);
    const parsed = IpValue.parse(address);
    if (Number(length) > parsed.bytes.length * 8) throw new CelError(`${invalid}: prefix length out of range`);
    return new CidrValue(parsed, Number(length));
  }

  contains(address: IpValue): boolean {
    return address.isIn(this.ip, this.bits);
  }

  equals(other: CelValue): boolean {
    return other instanceof CidrValue && other.bits === this.bits && this.ip.equals(other.ip);
  }

  toString(): string {
    return `${this.ip.toString()}/${this.bits}`;
  }
}

const CIDR_TYPE = opaque('net.CIDR');

const scan = { cost: ([size = 0]: readonly number[]) => traversal(size) };
/** Two addresses of at most 16 bytes are compared; text is parsed before. */
const compareAddress = { cost: () => 4 };
const parseAndCompare = { cost: ([, size = 0]: readonly number[]) => 4 + traversal(size) };

export const CIDRS: readonly Overload[] = [
  overload('cidr', '(string): net.CIDR', ([text]) => CidrValue.parse(receive.string(text)), scan),
  overload('isCIDR', '(string): bool', ([text]) => parses(() => CidrValue.parse(receive.string(text))), scan),
  overload(
    'containsIP',
    'net.CIDR.(net.IP): bool',
    ([range, address]) => cidr(range).contains(ip(address)),
    compareAddress,
  ),
  overload(
    'containsIP',
    'net.CIDR.(string): bool',
    ([range, text]) => cidr(range).contains(IpValue.parse(receive.string(text))),
    parseAndCompare,
  ),
  overload(
    'containsCIDR',
    'net.CIDR.(net.CIDR): bool',
    ([range, other]) => covers(cidr(range), cidr(other)),
    compareAddress,
  ),
  overload(
    'containsCIDR',
    'net.CIDR.(string): bool',
    ([range, text]) => covers(cidr(range), CidrValue.parse(receive.string(text))),
    parseAndCompare,
  ),
  overload('ip', 'net.CIDR.(): net.IP', ([range]) => cidr(range).ip),
  overload('masked', 'net.CIDR.(): net.CIDR', ([range]) => {
    const { ip: address, bits } = cidr(range);
    return new CidrValue(new IpValue(masked(address.bytes, bits)), bits);
  }),
  overload('prefixLength', 'net.CIDR.(): int', ([range]) => BigInt(cidr(range).bits)),
  overload('string', '(net.CIDR): string', ([range]) => cidr(range).toString(), {
    resultSize: () => ({ min: 4, max: 43 }),
  }),
];

function cidr(value: CelValue | undefined): CidrValue {
  if (value instanceof CidrValue) return value;
  throw noSuchOverload();
}

function covers(outer: CidrValue, inner: CidrValue): boolean {
  return inner.bits >= outer.bits && outer.contains(inner.ip);
}
