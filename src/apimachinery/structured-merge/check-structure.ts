import { isList, isNumber, isObject, type UnknownObject } from '../json.ts';
import { itemElement, StructureError } from './list-items.ts';
import {
  typeFor,
  type GranularMap,
  type KeyedList,
  type MergeType,
  type Scalar,
  type ScalarSet,
} from './merge-type.ts';
import { formatElement } from './path-element.ts';

/** Throws `StructureError` with all places where an object is not of its type. Nulls fit everywhere. */
export function checkStructure(object: UnknownObject, type: MergeType): void {
  const problems: string[] = [];
  checkValue(object, type, '', problems);
  const [only, ...more] = problems;
  if (only === undefined) return;
  throw new StructureError(more.length === 0 ? only : ['errors:', ...problems.map((text) => `  ${text}`)].join('\n'));
}

function checkValue(value: unknown, type: MergeType, path: string, problems: string[]): void {
  if (value === null || value === undefined) return;
  const actual = typeFor(type, value);
  const wrong = misfit(value, actual);
  if (wrong !== undefined) {
    problems.push(path === '' ? wrong : `${path}: ${wrong}`);
    return;
  }
  if (actual.kind === 'map' && isObject(value)) checkFields(value, actual, path, problems);
  else if ((actual.kind === 'list' || actual.kind === 'set') && isList(value)) {
    checkItems(value, actual, path, problems);
  }
}

function checkFields(value: UnknownObject, map: GranularMap, path: string, problems: string[]): void {
  for (const [name, content] of Object.entries(value)) {
    const type = map.field(name)?.type ?? map.values;
    if (type === undefined) problems.push(`${path}.${name}: field not declared in schema`);
    else checkValue(content, type, `${path}.${name}`, problems);
  }
}

function checkItems(value: readonly unknown[], list: KeyedList | ScalarSet, path: string, problems: string[]): void {
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    const element = elementOf(list, item);
    if (element instanceof StructureError) {
      problems.push(`${path}: element ${index}: ${element.message}`);
      continue;
    }
    const name = formatElement(element);
    if (seen.has(element)) problems.push(`${path}: duplicate entries for key ${name}`);
    seen.add(element);
    if (list.kind === 'list') checkValue(item, list.items, `${path}${name}`, problems);
  }
}

function elementOf(list: KeyedList | ScalarSet, item: unknown): string | StructureError {
  try {
    return itemElement(list, item);
  } catch (err) {
    if (err instanceof StructureError) return err;
    throw err;
  }
}

/** `undefined`: the value may stand there, as far as can be told without looking into it. */
function misfit(value: unknown, type: Exclude<MergeType, { kind: 'deduced' }>): string | undefined {
  switch (type.kind) {
    case 'scalar':
      return scalarMisfit(value, type);
    case 'atomic':
      if (type.of === 'map') return isObject(value) ? undefined : `expected map, got ${inGo(value)}`;
      return type.of !== 'list' || isList(value) ? undefined : `expected list, got ${inGo(value)}`;
    case 'map':
      return isObject(value) ? undefined : `expected map, got ${inGo(value)}`;
    case 'set':
    case 'list':
      return isList(value) ? undefined : `expected list, got ${inGo(value)}`;
  }
}

function scalarMisfit(value: unknown, { of }: Scalar): string | undefined {
  switch (of) {
    case 'string':
      return typeof value === 'string'
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${shown(value)}}`;
    case 'numeric':
      return isNumber(value) ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${inGo(value)}`;
    case 'untyped':
      return isObject(value) || isList(value) ? `expected scalar, got ${inGo(value)}` : undefined;
  }
}

const inGo = (value: unknown) => `&{${typeof value === 'string' ? value : shown(value)}}`;

function shown(value: unknown): string {
  return JSON.stringify(value);
}

function goType(value: unknown): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  return isList(value) ? '[]interface {}' : 'map[string]interface {}';
}
