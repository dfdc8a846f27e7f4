import { isList, isObject, setField, type UnknownObject } from '../json.ts';
import { below, hasElement, SELF, type FieldSet, type FieldSetBuilder } from './field-set.ts';
import { itemElement } from './list-items.ts';
import {
  containerFor,
  fieldOf,
  type GranularMap,
  type KeyedList,
  type MergeType,
  type ScalarSet,
} from './merge-type.ts';

/** The object without the fields and items of a set. A map or list that loses all it had becomes null. */
export function removeFields(object: UnknownObject, fields: FieldSet, type: MergeType): UnknownObject {
  const left = removeFrom(object, fields, type);
  return isObject(left) ? left : {};
}

function removeFrom(value: unknown, fields: FieldSet, type: MergeType): unknown {
  const container = containerFor(type, value);
  if (container === undefined) return value;
  if (container.kind === 'map') return isObject(value) ? fieldsLeft(value, fields, container) : value;
  return isList(value) ? itemsLeft(value, fields, container) : value;
}

function fieldsLeft(value: UnknownObject, fields: FieldSet, map: GranularMap): UnknownObject | null {
  const left: Record<string, unknown> = {};
  for (const [name, content] of Object.entries(value)) {
    const { element, type } = fieldOf(map, name);
    if (hasElement(fields, element)) continue;
    const inner = below(fields, element);
    setField(left, name, inner === undefined ? content : removeFrom(content, inner, type));
  }
  return Object.keys(left).length === 0 ? null : left;
}

function itemsLeft(
  value: readonly unknown[],
  fields: FieldSet,
  list: KeyedList | ScalarSet,
): readonly unknown[] | null {
  const left: unknown[] = [];
  for (const item of value) {
    const element = itemElement(list, item);
    if (hasElement(fields, element)) continue;
    const inner = below(fields, element);
    left.push(inner === undefined || list.kind === 'set' ? item : removeFrom(item, inner, list.items));
  }
  return left.length === 0 ? null : left;
}

/** The set with the fields that a schema names and that have members below them: who owns the parts owns the whole too. */
export function withNamedFields(fields: FieldSet, type: MergeType | undefined): FieldSet {
  const map = type?.kind === 'map' ? type : undefined;
  const result: FieldSetBuilder = {};
  for (const element of Object.keys(fields)) {
    const node = fields[element];
    if (node === undefined) continue;
    const field = element.startsWith('f:') ? map?.field(element.slice(2)) : undefined;
    const inner = below(fields, element);
    if (inner === undefined) {
      result[element] = node;
      continue;
    }
    const children = withNamedFields(inner, typeBelow(element, type));
    result[element] = field !== undefined || hasElement(fields, element) ? { [SELF]: {}, ...children } : children;
  }
  return result;
}

function typeBelow(element: string, type: MergeType | undefined): MergeType | undefined {
  if (type?.kind === 'list') return type.items;
  if (type?.kind === 'deduced') return type;
  return type?.kind === 'map' && element.startsWith('f:') ? fieldOf(type, element.slice(2)).type : undefined;
}
