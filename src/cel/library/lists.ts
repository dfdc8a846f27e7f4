import { CelError } from '../values/cel-error.ts';
import { CelList } from '../values/cel-list.ts';
import { Duration } from '../values/cel-time.ts';
import type { CelValue } from '../values/cel-value.ts';
import { compare } from '../values/compare.ts';
import { equal } from '../values/equal.ts';
import { overload, type CostFormula, type Overload } from './overload.ts';
import * as receive from './receive.ts';

const COMPARABLE = 'int uint double bool duration timestamp string bytes'.split(' ');
const perElement: CostFormula = ([size = 0]) => size;
/** Every element is looked for among those before it. */
const perPair: CostFormula = ([size = 0]) => size * size;

const comparing: readonly Overload[] = COMPARABLE.flatMap((type) => [
  overload('isSorted', `list(${type}).(): bool`, ([list]) => isSorted(receive.list(list)), { cost: perElement }),
  overload('min', `list(${type}).(): ${type}`, ([list]) => extreme(receive.list(list), 'min', -1), {
    cost: perElement,
  }),
  overload('max', `list(${type}).(): ${type}`, ([list]) => extreme(receive.list(list), 'max', 1), { cost: perElement }),
  overload('sort', `list(${type}).(): list(${type})`, ([list]) => sort(receive.list(list)), {
    cost: ([size = 0]) => size * Math.ceil(Math.log2(size + 1)),
    resultSize: ([size = { min: 0, max: 0 }]) => size,
  }),
]);

const sums: readonly Overload[] = [
  overload('sum', 'list(int).(): int', ([list]) => receive.checkedInt(total(receive.list(list), receive.int)), {
    cost: perElement,
  }),
  overload('sum', 'list(uint).(): uint', ([list]) => receive.checkedUint(total(receive.list(list), receive.uint)), {
    cost: perElement,
  }),
  overload(
    'sum',
    'list(double).(): double',
    ([list]) =>
      receive
        .list(list)
        .toArray()
        .reduce<number>((sum, item) => sum + receive.double(item), 0),
    { cost: perElement },
  ),
  overload(
    'sum',
    'list(duration).(): duration',
    ([list]) => new Duration(total(receive.list(list), (item) => receive.duration(item).nanos)),
    { cost: perElement },
  ),
];

const positions: readonly Overload[] = [
  overload(
    'indexOf',
    'list(A).(A): int',
    ([list, item]) =>
      BigInt(
        receive
          .list(list)
          .toArray()
          .findIndex((each) => equal(each, receive.any(item))),
      ),
    { cost: perElement },
  ),
  overload(
    'lastIndexOf',
    'list(A).(A): int',
    ([list, item]) =>
      BigInt(
        receive
          .list(list)
          .toArray()
          .findLastIndex((each) => equal(each, receive.any(item))),
      ),
    { cost: perElement },
  ),
  overload(
    'slice',
    'list(A).(int, int): list(A)',
    ([list, from, to]) => slice(receive.list(list), Number(receive.int(from)), Number(receive.int(to))),
    { cost: perElement, resultSize: ([size]) => ({ min: 0, max: size?.max ?? 0 }) },
  ),
];

const shapes: readonly Overload[] = [
  overload('reverse', 'list(A).(): list(A)', ([list]) => CelList.of(receive.list(list).toArray().toReversed()), {
    cost: perElement,
    resultSize: ([size = { min: 0, max: 0 }]) => size,
  }),
  overload('distinct', 'list(A).(): list(A)', ([list]) => distinct(receive.list(list)), {
    cost: perPair,
    resultSize: ([size]) => ({ min: 0, max: size?.max ?? 0 }),
  }),
  overload('flatten', 'list(list(A)).(): list(A)', ([list]) => CelList.of(flatten(receive.list(list), 1)), {
    cost: ([size = 0], result) => Math.max(size, result),
  }),
  overload(
    'flatten',
    'list(dyn).(int): list(dyn)',
    ([list, depth]) => CelList.of(flatten(receive.list(list), Number(receive.int(depth)))),
    { cost: ([size = 0], result) => Math.max(size, result) },
  ),
];

export const LISTS: readonly Overload[] = [...comparing, ...sums, ...positions, ...shapes];

function isSorted(list: CelList): boolean {
  const items = list.toArray();
  return items.every((item, index) => index === 0 || compare(receive.any(items[index - 1]), item) <= 0);
}

function extreme(list: CelList, name: string, direction: number): CelValue {
  const [first, ...rest] = list.toArray();
  if (first === undefined) throw new CelError(`${name} called on empty list`);
  return rest.reduce((best, item) => (compare(item, best) * direction > 0 ? item : best), first);
}

function sort(list: CelList): CelList {
  return CelList.of(list.toArray().toSorted(compare));
}

function total(list: CelList, read: (item: CelValue) => bigint): bigint {
  return list.toArray().reduce<bigint>((sum, item) => sum + read(item), 0n);
}

function slice(list: CelList, from: number, to: number): CelList {
  if (from < 0 || to < 0) throw new CelError(`cannot slice(${from}, ${to}), negative indexes not supported`);
  if (from > to)
    throw new CelError(`cannot slice(${from}, ${to}), start index must be less than or equal to end index`);
  if (to > list.size) throw new CelError(`cannot slice(${from}, ${to}), list is length ${list.size}`);
  return CelList.of(list.toArray().slice(from, to));
}

function distinct(list: CelList): CelList {
  const found: CelValue[] = [];
  for (const item of list.toArray()) {
    if (!found.some((known) => equal(known, item))) found.push(item);
  }
  return CelList.of(found);
}

function flatten(list: CelList, depth: number): readonly CelValue[] {
  if (depth < 0) throw new CelError('level must be non-negative');
  return list.toArray().flatMap((item) => (item instanceof CelList && depth > 0 ? flatten(item, depth - 1) : [item]));
}
