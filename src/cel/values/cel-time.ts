import { DURATION, TIMESTAMP, type CelType } from '../cel-type.ts';
import { CelError } from './cel-error.ts';

const NANOS = 1_000_000_000n;
const MIN_SECONDS = -62_135_596_800n;
const MAX_SECONDS = 253_402_300_799n;
const MAX_DURATION_NANOS = (1n << 63n) - 1n;

/** Exact to the nanosecond. */
export class Timestamp {
  readonly celType: CelType = TIMESTAMP;
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    const seconds = floorDivide(nanos, NANOS);
    if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) throw new CelError('timestamp overflow');
    this.nanos = nanos;
  }

  static parse(text: string): Timestamp {
    const match = RFC_3339.exec(text);
    const ms = match === null ? Number.NaN : Date.parse(`${match[1]}${match[3]}`.toUpperCase());
    if (Number.isNaN(ms)) throw new CelError(`parsing time "${text}" as RFC 3339: cannot parse`);
    const fraction = (match?.[2] ?? '.').slice(1).padEnd(9, '0').slice(0, 9);
    return new Timestamp(BigInt(ms) * 1_000_000n + BigInt(fraction));
  }

  get seconds(): bigint {
    return floorDivide(this.nanos, NANOS);
  }

  toString(): string {
    const fraction = this.nanos - this.seconds * NANOS;
    const digits = fraction === 0n ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`;
    return `${new Date(Number(this.seconds) * 1000).toISOString().slice(0, 19)}${digits}Z`;
  }
}

const RFC_3339 = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

export class Duration {
  readonly celType: CelType = DURATION;
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    if (nanos > MAX_DURATION_NANOS || nanos < -MAX_DURATION_NANOS - 1n) throw new CelError('duration overflow');
    this.nanos = nanos;
  }

  /** Go's form: `1h30m`, `-1.5s`, `10ms`. */
  static parse(text: string): Duration {
    const [, sign, parts] =
      /^([+-]?)((?:(?:\d{1,19}(?:\.\d{0,30})?|\.\d{1,30})(?:ns|us|µs|μs|ms|s|m|h))+|0)$/.exec(text) ?? [];
    if (parts === undefined) throw new CelError(`time: invalid duration "${text}"`);
    let nanos = 0n;
    for (const [, whole = '', fraction = '', unit = ''] of parts.matchAll(/(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)/g)) {
      const size = UNITS[unit] ?? 0n;
      const digits = fraction.slice(0, 18);
      nanos += BigInt(whole === '' ? '0' : whole) * size;
      nanos += (BigInt(digits === '' ? '0' : digits) * size) / 10n ** BigInt(digits.length);
    }
    return new Duration(sign === '-' ? -nanos : nanos);
  }

  toString(): string {
    const negative = this.nanos < 0n;
    const absolute = negative ? -this.nanos : this.nanos;
    const fraction = absolute % NANOS;
    const digits = fraction === 0n ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`;
    return `${negative ? '-' : ''}${absolute / NANOS}${digits}s`;
  }
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: NANOS,
  m: 60n * NANOS,
  h: 3600n * NANOS,
};

function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value % divisor < 0n ? quotient - 1n : quotient;
}
