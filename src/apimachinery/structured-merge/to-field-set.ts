import { isList, isObject, type UnknownObject } from '../json.ts';
import { isEmptySet, LEAF, SELF, type FieldSet, type FieldSetBuilder } from './field-set.ts';
import { itemsByElement } from './list-items.ts';
import { containerFor, fieldOf, type Container, type GranularMap, type MergeType } from './merge-type.ts';

/**
 * The fields that an applied configuration speaks of: its leaves, and the items of maps and lists. Fields that the
 * schema names are no members of their own while they hold something.
 */
export function toFieldSet(config: UnknownObject, type: MergeType): FieldSet {
  const container = containerFor(type, config);
  return container === undefined ? LEAF : contentSet(config, container);
}

function contentSet(value: unknown, container: Container): FieldSet {
  if (container.kind === 'map') return isObject(value) ? mapSet(value, container) : LEAF;
  const set: FieldSetBuilder = {};
  for (const [element, items] of itemsByElement(container, isList(value) ? value : [])) {
    const isLeaf = container.kind === 'set' || items.length > 1;
    const below = isLeaf ? LEAF : valueSet(items[0], container.items);
    set[element] = isEmptySet(below) ? LEAF : { [SELF]: LEAF, ...below };
  }
  return set;
}

function mapSet(value: UnknownObject, map: GranularMap): FieldSet {
  const set: FieldSetBuilder = {};
  for (const name of Object.keys(value)) {
    const content = value[name];
    if (content === undefined) continue;
    const field = fieldOf(map, name);
    const container = containerFor(field.type, content);
    if (container === undefined || isEmptyMap(content)) {
      // An explicit null of a list or map that has owners part by part says nothing, except in a map's own fields.
      set[field.element] = LEAF;
      continue;
    }
    const below = contentSet(content, container);
    const isNamed = map.field(name) !== undefined;
    if (isEmptySet(below)) {
      if (!isNamed) set[field.element] = LEAF;
    } else set[field.element] = isNamed ? below : { [SELF]: LEAF, ...below };
  }
  return set;
}

/** Of an item of a list. */
function valueSet(value: unknown, type: MergeType): FieldSet {
  const container = containerFor(type, value);
  return container === undefined ? LEAF : contentSet(value, container);
}

function isEmptyMap(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
