import { CelError, noSuchKey, noSuchOverload } from '../values/cel-error.ts';
import { CelList } from '../values/cel-list.ts';
import { CelMap } from '../values/cel-map.ts';
import { CelStruct } from '../values/cel-struct.ts';
import { Duration, Timestamp } from '../values/cel-time.ts';
import type { CelValue } from '../values/cel-value.ts';
import { compare } from '../values/compare.ts';
import { equal, mergeKey } from '../values/equal.ts';
import { Optional } from '../values/optional.ts';
import { Uint } from '../values/uint.ts';
import { overload, traversal, type CostFormula, type Overload, type SizeRange } from './overload.ts';
import * as receive from './receive.ts';

const smallerOfBoth: CostFormula = ([a = 0, b = 0]) => traversal(Math.min(a, b));
const bothTogether: CostFormula = ([a = 0, b = 0]) => traversal(a + b);
const sumOfSizes = ([a, b]: readonly SizeRange[]): SizeRange => ({
  min: (a?.min ?? 0) + (b?.min ?? 0),
  max: (a?.max ?? 0) + (b?.max ?? 0),
});

const equality: readonly Overload[] = [
  overload('_==_', '(A, A): bool', ([a, b]) => equal(receive.any(a), receive.any(b)), { cost: smallerOfBoth }),
  overload('_!=_', '(A, A): bool', ([a, b]) => !equal(receive.any(a), receive.any(b)), { cost: smallerOfBoth }),
  overload('@in', '(A, list(A)): bool', ([item, list]) => isIn(receive.any(item), receive.list(list)), {
    cost: ([, size = 0]) => size,
  }),
  overload('@in', '(A, map(A, B)): bool', ([key, map]) => hasKey(receive.any(map), receive.any(key))),
];

const ORDERED = 'bool int uint double string bytes timestamp duration'.split(' ');
const MIXED = ['(int, double)', '(int, uint)', '(uint, int)', '(uint, double)', '(double, int)', '(double, uint)'];

const ORDERINGS: readonly (readonly [string, (order: number) => boolean])[] = [
  ['_<_', (order) => order < 0],
  ['_<=_', (order) => order <= 0],
  ['_>_', (order) => order > 0],
  ['_>=_', (order) => order >= 0],
];

const ordering: readonly Overload[] = ORDERINGS.flatMap(([name, holds]) => {
  const call = ([a, b]: readonly CelValue[]): boolean => holds(compare(receive.any(a), receive.any(b)));
  return [
    ...ORDERED.map((type) =>
      overload(name, `(${type}, ${type}): bool`, call, {
        ...(type === 'string' || type === 'bytes' ? { cost: smallerOfBoth } : {}),
      }),
    ),
    ...MIXED.map((types) => overload(name, `${types}: bool`, call)),
  ];
});

const arithmetic: readonly Overload[] = [
  ...ints('_+_', (a, b) => a + b),
  ...ints('_-_', (a, b) => a - b),
  ...ints('_*_', (a, b) => a * b),
  ...ints('_/_', (a, b) => a / nonZero(b, 'division by zero')),
  ...ints('_%_', (a, b) => a % nonZero(b, 'modulus by zero')),
  overload('_+_', '(double, double): double', ([a, b]) => receive.double(a) + receive.double(b)),
  overload('_-_', '(double, double): double', ([a, b]) => receive.double(a) - receive.double(b)),
  overload('_*_', '(double, double): double', ([a, b]) => receive.double(a) * receive.double(b)),
  overload('_/_', '(double, double): double', ([a, b]) => receive.double(a) / receive.double(b)),
  overload('-_', '(int): int', ([a]) => receive.checkedInt(-receive.int(a))),
  overload('-_', '(double): double', ([a]) => -receive.double(a)),
  overload('!_', '(bool): bool', ([a]) => !receive.bool(a)),
];

const concatenation: readonly Overload[] = [
  overload('_+_', '(string, string): string', ([a, b]) => receive.string(a) + receive.string(b), {
    cost: bothTogether,
    resultSize: sumOfSizes,
  }),
  overload('_+_', '(bytes, bytes): bytes', ([a, b]) => Buffer.concat([receive.bytes(a), receive.bytes(b)]), {
    cost: bothTogether,
    resultSize: sumOfSizes,
  }),
  overload('_+_', '(list(A), list(A)): list(A)', ([a, b]) => concat(receive.list(a), receive.list(b)), {
    resultSize: sumOfSizes,
  }),
];

const times: readonly Overload[] = [
  overload(
    '_+_',
    '(timestamp, duration): timestamp',
    ([a, b]) => new Timestamp(receive.timestamp(a).nanos + receive.duration(b).nanos),
  ),
  overload(
    '_+_',
    '(duration, timestamp): timestamp',
    ([a, b]) => new Timestamp(receive.duration(a).nanos + receive.timestamp(b).nanos),
  ),
  overload(
    '_+_',
    '(duration, duration): duration',
    ([a, b]) => new Duration(receive.duration(a).nanos + receive.duration(b).nanos),
  ),
  overload(
    '_-_',
    '(timestamp, timestamp): duration',
    ([a, b]) => new Duration(receive.timestamp(a).nanos - receive.timestamp(b).nanos),
  ),
  overload(
    '_-_',
    '(timestamp, duration): timestamp',
    ([a, b]) => new Timestamp(receive.timestamp(a).nanos - receive.duration(b).nanos),
  ),
  overload(
    '_-_',
    '(duration, duration): duration',
    ([a, b]) => new Duration(receive.duration(a).nanos - receive.duration(b).nanos),
  ),
];

const indexing: readonly Overload[] = [
  overload('_[_]', '(list(A), int): A', index),
  overload('_[_]', '(map(A, B), A): B', index),
  overload('_[_]', '(optional(list(A)), int): optional(A)', optionalIndex),
  overload('_[_]', '(optional(map(A, B)), A): optional(B)', optionalIndex),
  overload('_[?_]', '(list(A), int): optional(A)', optionalIndex),
  overload('_[?_]', '(map(A, B), A): optional(B)', optionalIndex),
  overload('_[?_]', '(optional(list(A)), int): optional(A)', optionalIndex),
  overload('_[?_]', '(optional(map(A, B)), A): optional(B)', optionalIndex),
];

/** `&&`, `||` and `?:` are not among them: they do not evaluate all of their arguments. */
export const OPERATORS: readonly Overload[] = [
  ...equality,
  ...ordering,
  ...arithmetic,
  ...concatenation,
  ...times,
  ...indexing,
];

function ints(name: string, operate: (a: bigint, b: bigint) => bigint): readonly Overload[] {
  return [
    overload(name, '(int, int): int', ([a, b]) => receive.checkedInt(operate(receive.int(a), receive.int(b)))),
    overload(name, '(uint, uint): uint', ([a, b]) => receive.checkedUint(operate(receive.uint(a), receive.uint(b)))),
  ];
}

function nonZero(value: bigint, problem: string): bigint {
  if (value === 0n) throw new CelError(problem);
  return value;
}

function isIn(item: CelValue, list: CelList): boolean {
  for (let position = 0; position < list.size; position += 1) {
    if (equal(list.at(position), item)) return true;
  }
  return false;
}

function hasKey(map: CelValue, key: CelValue): boolean {
  if (map instanceof CelStruct) return typeof key === 'string' && map.get(key) !== undefined;
  return receive.map(map).get(key) !== undefined;
}

/** Sets gain what they lack; of maps the right one's elements replace those of the same keys. */
function concat(a: CelList, b: CelList): CelList {
  const { semantics } = a;
  if (semantics === undefined) {
    return new CelList(a.size + b.size, (position) => (position < a.size ? a.at(position) : b.at(position - a.size)));
  }
  const keys = semantics.listMapKeys ?? [];
  const merged = new Map(a.toArray().map((item) => [mergeKey(item, keys), item]));
  for (const item of b.toArray()) {
    const key = mergeKey(item, keys);
    if (semantics.listType === 'map' || !merged.has(key)) merged.set(key, item);
  }
  return CelList.of([...merged.values()], semantics);
}

function index([container, key]: readonly CelValue[]): CelValue {
  if (container instanceof Optional) return optionalIndex([container, receive.any(key)]);
  const value = elementAt(receive.any(container), receive.any(key));
  if (value !== undefined) return value;
  if (container instanceof CelList) throw new CelError(`index out of bounds: ${keyText(key)}`);
  throw noSuchKey(keyText(key));
}

function optionalIndex([container, key]: readonly CelValue[]): CelValue {
  const inner = container instanceof Optional ? container.value : receive.any(container);
  return inner === undefined ? new Optional() : new Optional(elementAt(inner, receive.any(key)));
}

function elementAt(container: CelValue, key: CelValue): CelValue | undefined {
  if (container instanceof CelMap) return container.get(key);
  if (container instanceof CelStruct && typeof key === 'string') return container.get(key);
  if (!(container instanceof CelList)) throw noSuchOverload();
  const position = key instanceof Uint ? key.value : key;
  const isWhole = typeof position === 'bigint' || (typeof position === 'number' && Number.isInteger(position));
  if (!isWhole) throw new CelError(`unsupported index type '${typeof position}' in list`);
  return position >= 0 && position < container.size ? container.at(Number(position)) : undefined;
}

function keyText(key: CelValue | undefined): string {
  if (key instanceof Uint) return String(key.value);
  return typeof key === 'object' ? '' : String(key);
}
