import type { CelList } from '../values/cel-list.ts';
import type { CelValue } from '../values/cel-value.ts';
import { equal } from '../values/equal.ts';
import { overload, type CostFormula, type Overload } from './overload.ts';
import * as receive from './receive.ts';

/** Each element of one is compared with each of the other. */
const everyPair: CostFormula = ([a = 0, b = 0]) => (a === 0 || b === 0 ? 1 : a * b + 1);
const everyPairTwice: CostFormula = ([a = 0, b = 0]) => (a === 0 || b === 0 ? 1 : a * b * 2 + 1);

export const SETS: readonly Overload[] = [
  overload('sets.contains', '(list(A), list(A)): bool', ([a, b]) => containsAll(receive.list(a), receive.list(b)), {
    cost: everyPair,
  }),
  overload(
    'sets.equivalent',
    '(list(A), list(A)): bool',
    ([a, b]) => containsAll(receive.list(a), receive.list(b)) && containsAll(receive.list(b), receive.list(a)),
    { cost: everyPairTwice },
  ),
  overload(
    'sets.intersects',
    '(list(A), list(A)): bool',
    ([a, b]) =>
      receive
        .list(b)
        .toArray()
        .some((item) => has(receive.list(a), item)),
    { cost: everyPair },
  ),
];

function containsAll(list: CelList, items: CelList): boolean {
  return items.toArray().every((item) => has(list, item));
}

function has(list: CelList, item: CelValue): boolean {
  return list.toArray().some((each) => equal(each, item));
}
