import { isList, isObject, setField, type UnknownObject } from '../json.ts';
import { itemElement, StructureError } from './list-items.ts';
import {
  containerFor,
  fieldOf,
  type GranularMap,
  type KeyedList,
  type MergeType,
  type ScalarSet,
} from './merge-type.ts';
import { formatElement } from './path-element.ts';

/**
 * The live object with a configuration laid over it. Removes nothing; neither object is touched, and the result shares
 * with both. Throws `StructureError` for a configuration with the same list item twice.
 */
export function mergeObjects(live: UnknownObject, config: UnknownObject, type: MergeType): UnknownObject {
  const merged = mergeValues(live, config, type);
  return isObject(merged) ? merged : live;
}

function mergeValues(live: unknown, config: unknown, type: MergeType): unknown {
  if (config === undefined) return live;
  if (config === null) return keepsFromNull(live, type) ? live : config;
  const container = containerFor(type, config);
  if (container?.kind === 'map')
    return isObject(config) ? mergeMaps(isObject(live) ? live : {}, config, container) : config;
  if (container === undefined || !isList(config)) return config;
  return mergeLists(isList(live) ? live : [], config, container);
}

/** A null says nothing of the parts of a map or list, which have owners of their own. */
function keepsFromNull(live: unknown, type: MergeType): boolean {
  return containerFor(type, live) !== undefined && !isEmptyValue(live);
}

function isEmptyValue(value: unknown): boolean {
  return isList(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

function mergeMaps(live: UnknownObject, config: UnknownObject, map: GranularMap): UnknownObject {
  const merged = { ...live };
  for (const [name, content] of Object.entries(config)) {
    if (content === undefined) continue;
    setField(
      merged,
      name,
      mergeValues(Object.hasOwn(live, name) ? live[name] : undefined, content, fieldOf(map, name).type),
    );
  }
  return merged;
}

/**
 * Items of both lists under one element become one. The order is that of the configuration; what only the live list
 * has stays where it stood among its neighbours.
 */
function mergeLists(
  live: readonly unknown[],
  config: readonly unknown[],
  list: KeyedList | ScalarSet,
): readonly unknown[] {
  const wanted = indexed(config, list);
  const present = live.map((item) => [itemElement(list, item), item] as const);
  const repeated = repeatedElements(present);
  const items = list.kind === 'list' ? list.items : undefined;
  const mergeItem = (element: string, item: unknown): unknown => {
    if (items === undefined) return item;
    const old = repeated.has(element) ? undefined : present.find(([other]) => other === element)?.[1];
    return mergeValues(old, item, items);
  };
  return interleaved(present, wanted, mergeItem);
}

function indexed(config: readonly unknown[], list: KeyedList | ScalarSet): ReadonlyMap<string, unknown> {
  const wanted = new Map<string, unknown>();
  for (const item of config) {
    const element = itemElement(list, item);
    if (wanted.has(element)) throw new StructureError(`duplicate entries for key ${formatElement(element)}`);
    wanted.set(element, item);
  }
  return wanted;
}

type Item = readonly [element: string, item: unknown];

function repeatedElements(items: readonly Item[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(items.map(([element]) => element).filter((element) => seen.has(element) || !seen.add(element)));
}

/** Live items that are not wanted go in front of the next shared item, and of what is new before that. */
function interleaved(
  live: readonly Item[],
  wanted: ReadonlyMap<string, unknown>,
  mergeItem: (element: string, item: unknown) => unknown,
): readonly unknown[] {
  const present = new Set(live.map(([element]) => element));
  const shared = [...wanted.keys()].filter((element) => present.has(element));
  const merged: unknown[] = [];
  const rest = [...live];
  const takeUpTo = (element: string | undefined) => {
    while (rest[0] !== undefined && rest[0][0] !== element) {
      const [other, item] = rest[0];
      if (!wanted.has(other)) merged.push(item);
      rest.shift();
    }
  };
  for (const [element, item] of wanted) {
    takeUpTo(shared[0]);
    if (element === shared[0]) shared.shift();
    merged.push(mergeItem(element, item));
  }
  takeUpTo(undefined);
  return merged;
}
