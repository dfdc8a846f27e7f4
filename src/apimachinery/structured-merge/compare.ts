import { deepEqual } from '../deep-equal.ts';
import { isList, isNumber, isObject, type UnknownObject } from '../json.ts';
import { isEmptySet, LEAF, NO_FIELDS, SELF, union, type FieldSet, type FieldSetBuilder } from './field-set.ts';
import { itemsByElement } from './list-items.ts';
import {
  containerFor,
  fieldOf,
  type Container,
  type GranularMap,
  type KeyedList,
  type MergeType,
  type ScalarSet,
} from './merge-type.ts';

/** How one object differs from another. No field is in more than one of the sets. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

type Part = keyof Comparison;

/** Throws `StructureError` for a list item without an identity. */
export function compareObjects(before: UnknownObject, after: UnknownObject, type: MergeType): Comparison {
  const difference = new Difference();
  const container = containerFor(type, after);
  if (container !== undefined) compareContents(before, after, container, difference);
  return difference;
}

/** The fields that are not as they were. */
export function changedFields({ added, modified }: Comparison): FieldSet {
  return union(modified, added);
}

/** Builds the sets only where something differs. */
class Difference implements Comparison {
  added: FieldSet = NO_FIELDS;
  modified: FieldSet = NO_FIELDS;
  removed: FieldSet = NO_FIELDS;

  put(part: Part, element: string, node: FieldSet): void {
    this[part] = isEmptySet(this[part]) ? { [element]: node } : withNode(this[part], element, node);
  }

  putBelow(element: string, inner: Comparison): void {
    if (!isEmptySet(inner.added)) this.put('added', element, inner.added);
    if (!isEmptySet(inner.modified)) this.put('modified', element, inner.modified);
    if (!isEmptySet(inner.removed)) this.put('removed', element, inner.removed);
  }
}

/** The set is begun here and nobody else's yet. */
function withNode(set: FieldSetBuilder, element: string, node: FieldSet): FieldSet {
  if (set[element] !== undefined) return union(set, { [element]: node });
  set[element] = node;
  return set;
}

function compareValues(
  before: unknown,
  after: unknown,
  [element, type]: readonly [string, MergeType],
  into: Difference,
) {
  if (before === after) return;
  if (before === undefined) into.put('added', element, wholeNode(after, type));
  else if (after === undefined) into.put('removed', element, wholeNode(before, type));
  else compareBoth(before, after, [element, type], into);
}

function compareBoth(before: unknown, after: unknown, [element, type]: readonly [string, MergeType], into: Difference) {
  const wasContainer = containerFor(type, before);
  const isContainer = containerFor(type, after);
  const bothEmpty = isEmpty(before) && isEmpty(after);
  const sameKind = wasContainer !== undefined && isContainer !== undefined;
  if (!sameKind || bothEmpty) {
    if (!deepEqual(before, after)) into.put('modified', element, LEAF);
  }
  const container = isContainer ?? wasContainer;
  if (container === undefined || bothEmpty) return;
  const inner = new Difference();
  compareContents(
    wasContainer === undefined ? undefined : before,
    isContainer === undefined ? undefined : after,
    container,
    inner,
  );
  into.putBelow(element, inner);
}

/** `undefined`: nothing is there to compare with, though something that cannot have contents may be. */
function compareContents(before: unknown, after: unknown, container: Container, into: Difference): void {
  if (container.kind === 'map') {
    compareMaps(isObject(before) ? before : {}, isObject(after) ? after : {}, container, into);
  } else {
    compareLists(isList(before) ? before : [], isList(after) ? after : [], container, into);
  }
}

function compareMaps(before: UnknownObject, after: UnknownObject, map: GranularMap, into: Difference): void {
  for (const name in after) {
    const content = after[name];
    if (content === undefined || content === before[name]) continue;
    const { element, type, always } = fieldOf(map, name);
    const old = before[name] ?? (always ? nothingLike(content) : undefined);
    compareValues(Object.hasOwn(before, name) ? before[name] : old, content, [element, type], into);
  }
  for (const name in before) {
    const content = before[name];
    if (content === undefined || after[name] !== undefined) continue;
    const { element, type, always } = fieldOf(map, name);
    compareValues(content, always ? nothingLike(content) : undefined, [element, type], into);
  }
}

/** What Go has in a field that is never left out. */
function nothingLike(value: unknown): unknown {
  if (isObject(value)) return {};
  if (isList(value)) return [];
  if (typeof value === 'string') return '';
  if (isNumber(value)) return 0;
  return typeof value === 'boolean' ? false : undefined;
}

function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  list: ScalarSet | KeyedList,
  into: Difference,
): void {
  const old = itemsByElement(list, before);
  const items = list.kind === 'list' ? list.items : undefined;
  const next = itemsByElement(list, after);
  for (const [element, now] of next) compareItems(old.get(element) ?? [], now, [element, items], into);
  for (const [element, was] of old) if (!next.has(element)) compareItems(was, [], [element, items], into);
}

/** Items that stand repeatedly are one thing, owned as a whole. */
function compareItems(
  before: readonly unknown[],
  after: readonly unknown[],
  [element, items]: readonly [string, MergeType | undefined],
  into: Difference,
): void {
  const whole = (item: unknown) => (items === undefined ? LEAF : wholeNode(item, items));
  if (before.length <= 1 && after.length <= 1) {
    if (items !== undefined) compareValues(before[0], after[0], [element, items], into);
    else if (before.length === 0) into.put('added', element, LEAF);
    else if (after.length === 0) into.put('removed', element, LEAF);
  } else if (before.length > 1 && after.length > 1) {
    if (!deepEqual(before, after)) into.put('modified', element, LEAF);
  } else if (before.length > 1) {
    if (after.length > 0) into.put('added', element, whole(after[0]));
    into.put('removed', element, LEAF);
  } else {
    if (before.length > 0) into.put('removed', element, whole(before[0]));
    into.put('added', element, LEAF);
  }
}

/** A value that is all new or all gone, with everything in it. */
function wholeNode(value: unknown, type: MergeType): FieldSet {
  const container = containerFor(type, value);
  if (container === undefined || isEmpty(value)) return LEAF;
  const node: FieldSetBuilder = { [SELF]: LEAF };
  if (container.kind === 'map') {
    if (isObject(value)) addFields(node, value, container);
  } else if (isList(value)) {
    addItems(node, value, container);
  }
  return node;
}

function addFields(node: FieldSetBuilder, value: UnknownObject, map: GranularMap): void {
  for (const name in value) {
    const content = value[name];
    if (content === undefined) continue;
    const { element, type } = fieldOf(map, name);
    node[element] = wholeNode(content, type);
  }
}

function addItems(node: FieldSetBuilder, value: readonly unknown[], list: ScalarSet | KeyedList): void {
  for (const [element, items] of itemsByElement(list, value)) {
    node[element] = list.kind === 'set' || items.length > 1 ? LEAF : wholeNode(items[0], list.items);
  }
}

function isEmpty(value: unknown): boolean {
  if (value === null) return true;
  if (isList(value)) return value.length === 0;
  if (!isObject(value)) return false;
  for (const field in value) if (value[field] !== undefined) return false;
  return true;
}
