import { CelError } from '../values/cel-error.ts';
import type { CelList } from '../values/cel-list.ts';
import type { CelValue } from '../values/cel-value.ts';
import { compare } from '../values/compare.ts';
import { Uint } from '../values/uint.ts';
import { overload, type Overload } from './overload.ts';
import * as receive from './receive.ts';

const NUMBERS = ['int', 'uint', 'double'];

/** More than two arguments are nested by the parser. */
const extremes: readonly Overload[] = [['math.greatest', 1] as const, ['math.least', -1] as const].flatMap(
  ([name, direction]) => [
    ...NUMBERS.map((type) => overload(name, `(${type}): ${type}`, ([a]) => receive.any(a))),
    ...NUMBERS.flatMap((left) =>
      NUMBERS.map((right) =>
        overload(name, `(${left}, ${right}): ${left === right ? left : 'dyn'}`, ([a, b]) =>
          further(receive.any(a), receive.any(b), direction),
        ),
      ),
    ),
    ...NUMBERS.map((type) =>
      overload(name, `(list(${type})): ${type}`, ([list]) => furthest(name, receive.list(list), direction), {
        cost: ([size = 0]) => size,
      }),
    ),
  ],
);

const rounding: readonly Overload[] = [
  overload('math.ceil', '(double): double', ([a]) => Math.ceil(receive.double(a))),
  overload('math.floor', '(double): double', ([a]) => Math.floor(receive.double(a))),
  overload('math.trunc', '(double): double', ([a]) => Math.trunc(receive.double(a))),
  overload('math.round', '(double): double', ([a]) => awayFromZero(receive.double(a))),
  overload('math.abs', '(double): double', ([a]) => Math.abs(receive.double(a))),
  overload('math.abs', '(int): int', ([a]) =>
    receive.checkedInt(receive.int(a) < 0n ? -receive.int(a) : receive.int(a)),
  ),
  overload('math.abs', '(uint): uint', ([a]) => receive.checkedUint(receive.uint(a))),
  overload('math.sign', '(double): double', ([a]) => Math.sign(receive.double(a))),
  overload('math.sign', '(int): int', ([a]) => BigInt(compare(receive.int(a), 0n))),
  overload('math.sign', '(uint): uint', ([a]) => new Uint(receive.uint(a) === 0n ? 0n : 1n)),
  overload('math.isNaN', '(double): bool', ([a]) => Number.isNaN(receive.double(a))),
  overload('math.isInf', '(double): bool', ([a]) => Math.abs(receive.double(a)) === Infinity),
  overload('math.isFinite', '(double): bool', ([a]) => Number.isFinite(receive.double(a))),
  ...NUMBERS.map((type) => overload('math.sqrt', `(${type}): double`, ([a]) => Math.sqrt(asDouble(receive.any(a))))),
];

const bits: readonly Overload[] = [
  ...bitwise('math.bitAnd', (a, b) => a & b),
  ...bitwise('math.bitOr', (a, b) => a | b),
  ...bitwise('math.bitXor', (a, b) => a ^ b),
  overload('math.bitNot', '(int): int', ([a]) => ~receive.int(a)),
  overload('math.bitNot', '(uint): uint', ([a]) => new Uint(BigInt.asUintN(64, ~receive.uint(a)))),
  overload('math.bitShiftLeft', '(int, int): int', ([a, by]) => BigInt.asIntN(64, receive.int(a) << shift(by))),
  overload(
    'math.bitShiftLeft',
    '(uint, int): uint',
    ([a, by]) => new Uint(BigInt.asUintN(64, receive.uint(a) << shift(by))),
  ),
  overload('math.bitShiftRight', '(int, int): int', ([a, by]) =>
    BigInt.asIntN(64, BigInt.asUintN(64, receive.int(a)) >> shift(by)),
  ),
  overload('math.bitShiftRight', '(uint, int): uint', ([a, by]) => new Uint(receive.uint(a) >> shift(by))),
];

export const MATHS: readonly Overload[] = [...extremes, ...rounding, ...bits];

function further(a: CelValue, b: CelValue, direction: number): CelValue {
  return compare(b, a) * direction > 0 ? b : a;
}

function furthest(name: string, list: CelList, direction: number): CelValue {
  const [first, ...rest] = list.toArray();
  if (first === undefined) throw new CelError(`${name}(list) argument must not be empty`);
  return rest.reduce((best, item) => further(best, item, direction), first);
}

function awayFromZero(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

function asDouble(value: CelValue): number {
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Uint ? Number(value.value) : receive.double(value);
}

function bitwise(name: string, operate: (a: bigint, b: bigint) => bigint): readonly Overload[] {
  return [
    overload(name, '(int, int): int', ([a, b]) => operate(receive.int(a), receive.int(b))),
    overload(name, '(uint, uint): uint', ([a, b]) => new Uint(operate(receive.uint(a), receive.uint(b)))),
  ];
}

/** Beyond 64 nothing is left, however far. */
function shift(by: CelValue | undefined): bigint {
  const distance = receive.int(by);
  if (distance < 0n) throw new CelError(`math.bitShift() negative offset: ${distance}`);
  return distance > 64n ? 64n : distance;
}
