import { parseQuantity, quantityToNumber, type Quantity } from '../../apimachinery/index.ts';
import { opaque, type CelType } from '../cel-type.ts';
import { CelError, noSuchOverload } from '../values/cel-error.ts';
import type { CelValue } from '../values/cel-value.ts';
import { compare } from '../values/compare.ts';
import { overload, traversal, type Overload } from './overload.ts';
import * as receive from './receive.ts';

const NANOS = 1_000_000_000n;

class QuantityValue {
  readonly celType: CelType = QUANTITY_TYPE;
  readonly quantity: Quantity;

  constructor(quantity: Quantity) {
    this.quantity = quantity;
  }

  /** Throws `CelError`. */
  static parse(text: string): QuantityValue {
    try {
      return new QuantityValue(parseQuantity(text));
    } catch (err) {
      throw new CelError(err instanceof Error ? err.message : String(err));
    }
  }

  get nanos(): bigint {
    return this.quantity.nanos;
  }

  /** `undefined` for fractions and what does not fit in 64 bits. */
  get integer(): bigint | undefined {
    const whole = this.nanos / NANOS;
    return this.nanos % NANOS === 0n && BigInt.asIntN(64, whole) === whole ? whole : undefined;
  }

  with(nanos: bigint): QuantityValue {
    return new QuantityValue({ ...this.quantity, nanos });
  }

  equals(other: CelValue): boolean {
    return other instanceof QuantityValue && other.nanos === this.nanos;
  }
}

const QUANTITY_TYPE = opaque('kubernetes.Quantity');
const Q = 'kubernetes.Quantity';
const scan = { cost: ([size = 0]: readonly number[]) => traversal(size) };

export const QUANTITIES: readonly Overload[] = [
  overload('quantity', `(string): ${Q}`, ([text]) => QuantityValue.parse(receive.string(text)), scan),
  overload('isQuantity', '(string): bool', ([text]) => isQuantity(receive.string(text)), scan),
  overload('sign', `${Q}.(): int`, ([value]) => BigInt(compare(quantity(value).nanos, 0n))),
  overload('sign', `(${Q}): int`, ([value]) => BigInt(compare(quantity(value).nanos, 0n))),
  overload('isInteger', `${Q}.(): bool`, ([value]) => quantity(value).integer !== undefined),
  overload('asInteger', `${Q}.(): int`, ([value]) => {
    const { integer } = quantity(value);
    if (integer === undefined) throw new CelError('cannot convert value to integer');
    return integer;
  }),
  overload('asApproximateFloat', `${Q}.(): double`, ([value]) => quantityToNumber(quantity(value).quantity)),
  overload('isGreaterThan', `${Q}.(${Q}): bool`, ([a, b]) => quantity(a).nanos > quantity(b).nanos),
  overload('isLessThan', `${Q}.(${Q}): bool`, ([a, b]) => quantity(a).nanos < quantity(b).nanos),
  overload('compareTo', `${Q}.(${Q}): int`, ([a, b]) => BigInt(compare(quantity(a).nanos, quantity(b).nanos))),
  overload('add', `${Q}.(${Q}): ${Q}`, ([a, b]) => quantity(a).with(quantity(a).nanos + quantity(b).nanos)),
  overload('add', `${Q}.(int): ${Q}`, ([a, n]) => quantity(a).with(quantity(a).nanos + receive.int(n) * NANOS)),
  overload('sub', `${Q}.(${Q}): ${Q}`, ([a, b]) => quantity(a).with(quantity(a).nanos - quantity(b).nanos)),
  overload('sub', `${Q}.(int): ${Q}`, ([a, n]) => quantity(a).with(quantity(a).nanos - receive.int(n) * NANOS)),
];

function quantity(value: CelValue | undefined): QuantityValue {
  if (value instanceof QuantityValue) return value;
  throw noSuchOverload();
}

function isQuantity(text: string): boolean {
  try {
    QuantityValue.parse(text);
    return true;
  } catch (err) {
    if (err instanceof CelError) return false;
    throw err;
  }
}
