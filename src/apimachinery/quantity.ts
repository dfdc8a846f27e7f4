type Format = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** A `resource.Quantity`: exact down to one billionth, remembering how it was written. */
export interface Quantity {
  /** Billionths. */
  readonly nanos: bigint;
  readonly format: Format;
}

const NANOS_PER_UNIT = 1_000_000_000n;
const MAX_NANOS = ((1n << 63n) - 1n) * NANOS_PER_UNIT;

const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** No part can match the same digits in two ways: a long text that does not fit is refused in linear time. */
const SHAPE = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d{1,3}))?$/;

export const QUANTITY_PROBLEM =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** Throws an `Error` with `QUANTITY_PROBLEM`, which is what Kubernetes says. */
export function parseQuantity(text: string | number): Quantity {
  const [, sign, digits, binary, decimal, exponent] = SHAPE.exec(String(text)) ?? [];
  if (digits === undefined) throw new Error(QUANTITY_PROBLEM);

  const format = binary !== undefined ? 'BinarySI' : exponent !== undefined ? 'DecimalExponent' : 'DecimalSI';
  const power = decimal === undefined ? Number(exponent ?? 0) : (DECIMAL_SUFFIXES.indexOf(decimal) - 3) * 3;
  const factor = binary === undefined ? 1n : 1024n ** BigInt(BINARY_SUFFIXES.indexOf(binary));
  const nanos = nanosOf(digits, power, factor);
  return { nanos: sign === '-' ? -nanos : nanos, format };
}

/** The canonical text: no needless digits, the largest suffix that needs no fraction. */
export function formatQuantity({ nanos, format }: Quantity): string {
  const units = roundedUp(nanos, NANOS_PER_UNIT);
  if (format === 'BinarySI' && (units >= 1024n || units <= -1024n)) return formatBinary(units);
  return formatDecimal(nanos, format);
}

/** The canonical text of a quantity in any form: `1000m` is `1`, `1024Ki` is `1Mi`. */
export function canonicalQuantity(text: string | number): string {
  return formatQuantity(parseQuantity(text));
}

export function compareQuantities(a: Quantity, b: Quantity): -1 | 0 | 1 {
  return a.nanos === b.nanos ? 0 : a.nanos < b.nanos ? -1 : 1;
}

export function quantityToNumber({ nanos }: Quantity): number {
  const units = nanos / NANOS_PER_UNIT;
  return Number(units) + Number(nanos % NANOS_PER_UNIT) / 1e9;
}

/** Thousandths, rounded up: how the scheduler counts CPU. */
export function quantityToMillis({ nanos }: Quantity): number {
  return Number(roundedUp(nanos, 1_000_000n));
}

function nanosOf(digits: string, power: number, factor: bigint): bigint {
  const [whole = '', fraction = ''] = digits.split('.');
  const mantissa = BigInt(`${whole}${fraction}` || '0') * factor;
  const scale = power + 9 - fraction.length;
  const nanos = scale >= 0 ? mantissa * 10n ** BigInt(scale) : roundedUp(mantissa, 10n ** BigInt(-scale));
  return nanos > MAX_NANOS ? MAX_NANOS : nanos;
}

/** Away from zero. */
function roundedUp(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  if (value % divisor === 0n) return quotient;
  return value > 0n ? quotient + 1n : quotient - 1n;
}

function formatDecimal(nanos: bigint, format: Format): string {
  if (nanos === 0n) return '0';
  let mantissa = nanos;
  let thousands = 0;
  while (mantissa % 1000n === 0n && thousands < DECIMAL_SUFFIXES.length - 1) {
    mantissa /= 1000n;
    thousands += 1;
  }
  const exponent = (thousands - 3) * 3;
  const suffix = format === 'DecimalExponent' && exponent !== 0 ? `e${exponent}` : undefined;
  return `${mantissa}${suffix ?? DECIMAL_SUFFIXES[thousands] ?? ''}`;
}

function formatBinary(units: bigint): string {
  let mantissa = units;
  let power = 0;
  while (mantissa % 1024n === 0n && power < BINARY_SUFFIXES.length - 1) {
    mantissa /= 1024n;
    power += 1;
  }
  return `${mantissa}${BINARY_SUFFIXES[power] ?? ''}`;
}
