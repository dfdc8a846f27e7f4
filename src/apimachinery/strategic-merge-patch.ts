import { isList, isObject, setField, type UnknownObject } from './json.ts';
import { badRequest } from './status-error.ts';
import { mergeObjectList, mergePrimitiveList, orderList } from './strategic-merge-list.ts';
import { fieldRules, type FieldRules, type MergeRule } from './strategic-merge-schema.ts';
import type { TypeTable } from './schema.ts';

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const SET_ELEMENT_ORDER = '$setElementOrder/';
const DELETE_FROM_PRIMITIVE_LIST = '$deleteFromPrimitiveList/';

/**
 * Kubernetes' strategic merge patch. The original is not touched; what did not change is shared. Throws 400 for a
 * patch whose directives make no sense.
 */
export function applyStrategicMergePatch(
  original: unknown,
  patch: unknown,
  typeName: string,
  table: TypeTable,
): unknown {
  if (!isObject(patch)) throw badRequest('Invalid JSON document: a strategic merge patch is an object');
  return mergeObjects(isObject(original) ? original : {}, patch, fieldRules(typeName, table));
}

function mergeObjects(original: UnknownObject, patch: UnknownObject, rules: FieldRules | undefined): UnknownObject {
  const directive = patch[DIRECTIVE];
  if (directive === 'replace') return withoutDirectives(patch);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') {
    throw badRequest(`unknown patch type: ${JSON.stringify(directive)}`);
  }

  const merged = retainKeys(original, patch);
  for (const [field, value] of Object.entries(patch)) {
    if (!isFieldDirective(field)) mergeField(merged, field, value, rules?.(field));
  }
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith(DELETE_FROM_PRIMITIVE_LIST)) deleteFromList(merged, name, value);
    if (name.startsWith(SET_ELEMENT_ORDER)) setElementOrder(merged, name, value, { original, patch, rules });
  }
  return merged;
}

function mergeField(merged: Record<string, unknown>, field: string, value: unknown, rule: MergeRule | undefined): void {
  const present = Object.hasOwn(merged, field) ? merged[field] : undefined;
  const content = value === null ? undefined : mergeValue(present, value, rule);
  if (content === undefined) Reflect.deleteProperty(merged, field);
  else setField(merged, field, content);
}

function isFieldDirective(field: string): boolean {
  return (
    field === DIRECTIVE ||
    field === RETAIN_KEYS ||
    field.startsWith(SET_ELEMENT_ORDER) ||
    field.startsWith(DELETE_FROM_PRIMITIVE_LIST)
  );
}

function retainKeys(original: UnknownObject, patch: UnknownObject): Record<string, unknown> {
  const retained = patch[RETAIN_KEYS];
  if (retained === undefined) return { ...original };
  if (!isList(retained)) throw badRequest(`${RETAIN_KEYS} must be a list of field names`);
  const unlisted = Object.entries(patch).find(
    ([field, value]) => !isFieldDirective(field) && value !== null && !retained.includes(field),
  );
  if (unlisted !== undefined) throw badRequest(`${RETAIN_KEYS} does not name ${JSON.stringify(unlisted[0])}`);
  return Object.fromEntries(Object.entries(original).filter(([field]) => retained.includes(field)));
}

function mergeValue(present: unknown, value: unknown, rule: MergeRule | undefined): unknown {
  if (isObject(present) && isObject(value) && rule?.replace !== true) return mergeObjects(present, value, rule?.fields);
  if (isList(present) && isList(value) && rule?.mergeKey !== undefined) return mergeLists(present, value, rule);
  return freshValue(value);
}

function mergeLists(original: readonly unknown[], patch: readonly unknown[], rule: MergeRule): readonly unknown[] {
  if (rule.mergeKey === undefined || rule.mergeKey === '') return mergePrimitiveList(original, patch);
  return mergeObjectList(original, patch, {
    mergeKey: rule.mergeKey,
    merge: (item, change) => mergeObjects(item, change, rule.fields),
    fresh: withoutDirectives,
  });
}

/** What a patch adds where nothing was: its directives are not content and its nulls have nothing to delete. */
function freshValue(value: unknown): unknown {
  if (isObject(value)) return value[DIRECTIVE] === 'delete' ? undefined : withoutDirectives(value);
  return isList(value)
    ? value
        .filter((item) => !isReplacement(item))
        .map(freshValue)
        .filter((item) => item !== undefined)
    : value;
}

/** Says of the whole list that it replaces what was there, and is no item of it. */
function isReplacement(item: unknown): boolean {
  return isObject(item) && item[DIRECTIVE] === 'replace';
}

function withoutDirectives(object: UnknownObject): UnknownObject {
  const content = Object.entries(object)
    .filter(([field, value]) => value !== null && !isFieldDirective(field))
    .map(([field, value]) => [field, freshValue(value)] as const);
  return Object.fromEntries(content.filter(([, value]) => value !== undefined));
}

function listNamed(directive: string, prefix: string, value: unknown): readonly [string, readonly unknown[]] {
  if (!isList(value)) throw badRequest(`${directive} must be a list`);
  return [directive.slice(prefix.length), value];
}

function deleteFromList(merged: Record<string, unknown>, directive: string, value: unknown): void {
  const [field, deleted] = listNamed(directive, DELETE_FROM_PRIMITIVE_LIST, value);
  const present = merged[field];
  if (!isList(present)) return;
  const kept = present.filter((item) => !deleted.includes(item));
  // What reads JSON into Go's lists knows no difference, and writes none.
  if (kept.length === 0) Reflect.deleteProperty(merged, field);
  else setField(merged, field, kept);
}

interface Merging {
  readonly original: UnknownObject;
  readonly patch: UnknownObject;
  readonly rules: FieldRules | undefined;
}

function setElementOrder(merged: Record<string, unknown>, directive: string, value: unknown, merging: Merging): void {
  const [field, order] = listNamed(directive, SET_ELEMENT_ORDER, value);
  const mergeKey = merging.rules?.(field).mergeKey;
  const items = merged[field];
  if (mergeKey === undefined || !isList(items)) return;

  const patched = merging.patch[field];
  const live = merging.original[field];
  checkOrder(order, isList(patched) ? patched : [], mergeKey);
  setField(merged, field, orderList(items, { first: order, live: isList(live) ? live : [], mergeKey }));
}

/** The items of the patch's list must stand in the order list, in the same relative order. */
function checkOrder(order: readonly unknown[], patched: readonly unknown[], mergeKey: string): void {
  const identity = (item: unknown) => (mergeKey !== '' && isObject(item) ? item[mergeKey] : item);
  const positions = order.map(identity);
  const kept = patched.filter((item) => !isObject(item) || item[DIRECTIVE] === undefined);
  const indexes = kept.map((item) => positions.indexOf(identity(item)));
  const isConsistent = indexes.every((position, index) => position >= 0 && position >= (indexes[index - 1] ?? 0));
  if (!isConsistent) {
    throw badRequest('The order in patch list does not match the order of its $setElementOrder list');
  }
}
