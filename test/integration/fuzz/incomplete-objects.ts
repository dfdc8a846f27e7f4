import {
  isList,
  isObject,
  type FieldType,
  type TypeTable,
  type UnknownObject,
} from '../../../src/apimachinery/index.ts';

type Path = readonly (string | number)[];

/**
 * The object less each of its fields and items in turn, and with each of them null or empty. A field deep in it is left out
 * when one of its name, in fields of the same names, is in `seen`.
 */
export function* withoutEach(object: UnknownObject, seen: Set<string>): Generator {
  for (const path of pathsIn(object)) {
    const place = path.slice(-3).join('.');
    if (path.length > 3 && seen.has(place)) continue;
    seen.add(place);
    yield replacedAt(object, path, REMOVED);
    for (const value of emptiesFor(valueAt(object, path))) yield replacedAt(object, path, value);
  }
}

function emptiesFor(value: unknown): readonly unknown[] {
  if (isList(value)) return [null, [], [{}], [null]];
  if (isObject(value)) return [null, {}, { '': null }];
  return [null, typeof value === 'string' ? '' : 0];
}

/**
 * The object with each field that its type has, and types below it have, in turn: with nothing in it, however deep it
 * stands. Types in `seen` are left out, and are more when this is done.
 */
export function* withEach(object: UnknownObject, type: string, table: TypeTable, seen: Set<string>): Generator {
  const waiting: { readonly path: Path; readonly name: string }[] = [{ path: [], name: type }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { path, name } = next;
    if (seen.has(name)) continue;
    seen.add(name);
    for (const field of table.get(name)?.fields ?? []) {
      const at = field.inline ? path : [...path, field.name];
      if (!field.inline) for (const value of barest(field.type)) yield replacedAt(object, at, value);
      const inner = structIn(field.type, at);
      if (inner !== undefined) waiting.push(inner);
    }
  }
}

function structIn(type: FieldType, path: Path): { readonly path: Path; readonly name: string } | undefined {
  switch (type.kind) {
    case 'ref':
      return { path, name: type.name };
    case 'list':
      return structIn(type.items, [...path, 0]);
    case 'map':
      return structIn(type.values, [...path, 'key']);
    default:
      return undefined;
  }
}

/** The least that a field of the type may hold; of a scalar what is its zero, and what is likely to be wrong. */
function barest(type: FieldType): readonly unknown[] {
  switch (type.kind) {
    case 'list':
      return [[barest(type.items)[0]]];
    case 'map':
      return [{ key: barest(type.values)[0] }];
    default:
      return BAREST[type.kind] ?? [{}];
  }
}

const BAREST: Partial<Record<FieldType['kind'], readonly unknown[]>> = {
  string: ['', 'AAAA'],
  duration: ['', '5s'],
  bytes: ['', 'AAAA'],
  boolean: [false, true],
  time: ['2026-01-01T00:00:00Z'],
  microTime: ['2026-01-01T00:00:00.000000Z'],
  quantity: ['0', '-1'],
  int32: [0, -1],
  int64: [0, -1],
  double: [0, -1],
  intOrString: [0, '', '-1%'],
};

function* pathsIn(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path;
  if (isList(value)) for (const [index, item] of value.entries()) yield* pathsIn(item, [...path, index]);
  else if (isObject(value)) for (const [key, inner] of Object.entries(value)) yield* pathsIn(inner, [...path, key]);
}

function valueAt(value: unknown, path: Path): unknown {
  // @NOTE a list is asked for indices only, as the path was made from it.
  return path.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown>)[step], value);
}

const REMOVED = Symbol('removed');

/** A copy with another value there; what is missing on the way there is made. */
function replacedAt(value: unknown, [step, ...rest]: Path, next: unknown): unknown {
  if (step === undefined) return next;
  if (typeof step === 'number') {
    const items = isList(value) ? [...value] : [];
    const item = replacedAt(items[step], rest, next);
    if (item === REMOVED) items.splice(step, 1);
    else items[step] = item;
    return items;
  }
  const object: Record<string, unknown> = isObject(value) ? { ...value } : {};
  const content = replacedAt(object[step], rest, next);
  if (content === REMOVED) Reflect.deleteProperty(object, step);
  else object[step] = content;
  return object;
}
