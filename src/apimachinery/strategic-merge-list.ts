import { isObject, type UnknownObject } from './json.ts';
import { badRequest } from './status-error.ts';

const DIRECTIVE = '$patch';

export interface ListMerging {
  readonly mergeKey: string;
  readonly merge: (item: UnknownObject, change: UnknownObject) => UnknownObject;
  /** An item of the patch that is new in the list. */
  readonly fresh: (item: UnknownObject) => UnknownObject;
}

/** A set: what the patch names is added. */
export function mergePrimitiveList(original: readonly unknown[], patch: readonly unknown[]): readonly unknown[] {
  return orderList([...new Set([...original, ...patch])], { first: patch, live: original, mergeKey: '' });
}

/** Items with the same merge key merge, `$patch: delete` removes one, an item that is only `$patch: replace` replaces all. */
export function mergeObjectList(
  original: readonly unknown[],
  patch: readonly unknown[],
  { mergeKey, merge, fresh }: ListMerging,
): readonly unknown[] {
  const changes = patch.map(requireObject);
  const isReplaced = changes.some((change) => change[DIRECTIVE] === 'replace');
  if (isReplaced) return changes.filter((change) => change[DIRECTIVE] === undefined).map(fresh);

  const items = original.map(requireObject);
  for (const change of changes) {
    const key = keyOfItem(change, mergeKey);
    const index = items.findIndex((item) => item[mergeKey] === key);
    const present = items[index];
    if (change[DIRECTIVE] === 'delete') {
      if (present !== undefined) items.splice(index, 1);
    } else if (present === undefined) {
      items.push(fresh(change));
    } else {
      items[index] = merge(present, change);
    }
  }
  const kept = changes.filter((change) => change[DIRECTIVE] !== 'delete');
  return orderList(items, { first: kept, live: original, mergeKey });
}

export interface ListOrder {
  /** The order that the patch asks for. */
  readonly first: readonly unknown[];
  /** The order before the patch, which places what the patch does not name. */
  readonly live: readonly unknown[];
  readonly mergeKey: string;
}

/**
 * Items that `first` names stand in its order; the others keep their live order and go in front of the first item
 * that stood behind them, or else to the end.
 */
export function orderList(items: readonly unknown[], { first, live, mergeKey }: ListOrder): readonly unknown[] {
  const identity = (item: unknown) => (mergeKey !== '' && isObject(item) ? item[mergeKey] : item);
  const positionIn = (list: readonly unknown[]) => {
    const positions = new Map(list.map((item, index) => [identity(item), index]));
    return (item: unknown) => positions.get(identity(item));
  };
  const wanted = positionIn(first);
  const before = positionIn(live);
  const by = (position: (item: unknown) => number | undefined) => (a: unknown, b: unknown) =>
    (position(a) ?? 0) - (position(b) ?? 0);

  const named = items.filter((item) => wanted(item) !== undefined).sort(by(wanted));
  const others = items.filter((item) => wanted(item) === undefined).sort(by(before));
  return interleave(others, named, (a, b) => {
    const [left, right] = [before(a), before(b)];
    return left !== undefined && right !== undefined && left < right;
  });
}

function interleave(
  left: readonly unknown[],
  right: readonly unknown[],
  goesFirst: (a: unknown, b: unknown) => boolean,
): readonly unknown[] {
  const rest = [...left];
  const merged: unknown[] = [];
  for (const item of right) {
    while (rest.length > 0 && goesFirst(rest[0], item)) merged.push(rest.shift());
    merged.push(item);
  }
  return [...merged, ...rest];
}

function requireObject(item: unknown): UnknownObject {
  if (!isObject(item)) throw badRequest(`a list of objects cannot hold ${JSON.stringify(item)}`);
  return item;
}

function keyOfItem(item: UnknownObject, mergeKey: string): unknown {
  const key = item[mergeKey];
  if (key === undefined) {
    throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
  }
  return key;
}
