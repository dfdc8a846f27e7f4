import type { FieldSchema, FieldType, TypeSchema, TypeTable } from '../apimachinery/index.ts';
import { apiregistrationPackage } from './apiregistration/type-package.ts';
import data from './generated/type-table.json' with { type: 'json' };
import { legacyTypePackages } from './legacy/legacy-type-packages.ts';
import { metricsPackage } from './metrics/type-package.ts';
import type { TypePackage } from './type-package.ts';

const packages: Readonly<Record<string, TypePackage>> = {
  ...data.packages,
  ...legacyTypePackages(data.packages),
  apiregistration: apiregistrationPackage,
  metrics: metricsPackage,
};

const packagesByPath = new Map(Object.values(packages).map((entry) => [entry.path, entry]));

const packagesByApiVersion = new Map(
  Object.values(packages).flatMap((entry) =>
    entry.group === undefined
      ? []
      : [[entry.group === '' ? entry.version : `${entry.group}/${entry.version}`, entry] as const],
  ),
);

const TYPE_META_FIELDS = ['kind', 'apiVersion'].map((name): FieldSchema => ({
  name,
  type: { kind: 'string' },
  number: 0,
  pointer: false,
  omitEmpty: true,
  inline: false,
  required: false,
}));

const LETTERS: Readonly<Record<string, FieldType>> = {
  s: { kind: 'string' },
  b: { kind: 'boolean' },
  i: { kind: 'int32' },
  l: { kind: 'int64' },
  d: { kind: 'double' },
  y: { kind: 'bytes' },
  T: { kind: 'time' },
  M: { kind: 'microTime' },
  D: { kind: 'duration' },
  Q: { kind: 'quantity' },
  I: { kind: 'intOrString' },
  R: { kind: 'rawExtension' },
  F: { kind: 'fieldsV1' },
  J: { kind: 'json' },
};

function fieldType(text: string, own: TypePackage): FieldType {
  if (text.startsWith('[')) return { kind: 'list', items: fieldType(text.slice(1), own) };
  if (text.startsWith('{')) return { kind: 'map', values: fieldType(text.slice(1), own) };
  const letter = LETTERS[text];
  if (letter !== undefined) return letter;
  const [alias = '', name = ''] = text.split('.');
  const path = alias === '' ? own.path : packages[alias]?.path;
  if (path === undefined) throw new TypeError(`API tables: no package is called ${alias}`);
  return { kind: 'ref', name: `${path}.${name}` };
}

/** @NOTE The casts in here are true because the generator writes the markers' own words. */
function annotation(text: string): Partial<FieldSchema> {
  const value = text.slice(2);
  switch (text.charAt(0)) {
    case 'l':
      return { listType: value as NonNullable<FieldSchema['listType']> };
    case 'k':
      return { listMapKeys: value.split(',') };
    case 'm':
      return { mapType: value as NonNullable<FieldSchema['mapType']> };
    case 's':
      return { patchStrategies: value.split(',') as NonNullable<FieldSchema['patchStrategies']> };
    case 'K':
      return { patchMergeKey: value };
    case 'd':
      return { default: JSON.parse(value) as NonNullable<FieldSchema['default']> };
    default:
      throw new TypeError(`API tables: unknown annotation ${text}`);
  }
}

function field(text: string, own: TypePackage): FieldSchema {
  const [name = '', number, type = '', flags = '', ...annotations] = text.split(' ');
  const schema: FieldSchema = {
    name,
    type: fieldType(type, own),
    number: Number(number),
    pointer: flags.includes('p'),
    omitEmpty: flags.includes('o'),
    inline: flags.includes('n'),
    required: flags.includes('r'),
  };
  return Object.assign(schema, ...annotations.map(annotation)) as FieldSchema;
}

function decode(name: string): TypeSchema | undefined {
  const dot = name.lastIndexOf('.');
  const own = packagesByPath.get(name.slice(0, dot));
  const text = own?.types[name.slice(dot + 1)];
  if (own === undefined || text === undefined) return undefined;
  const [, marks = '', encoded = ''] = /^([!@]*)(.*)$/.exec(text) ?? [];
  const fields = encoded === '' ? [] : encoded.split(';').map((part) => field(part, own));
  return {
    name,
    fields: marks.includes('!') ? [...TYPE_META_FIELDS, ...fields] : fields,
    ...(marks.includes('@') ? { mapType: 'atomic' as const } : {}),
  };
}

function lazyTable(): TypeTable {
  const decoded = new Map<string, TypeSchema | undefined>();
  return {
    get(name) {
      if (!decoded.has(name)) decoded.set(name, decode(name));
      return decoded.get(name);
    },
  };
}

/** The types of the built-in API groups. They are constants, so one table serves every control plane of the process. */
export const typeTable: TypeTable = lazyTable();

/** The table's name for what an object calls itself; `DeleteOptions` and its like are found under every group. */
export function typeNameOf(apiVersion: string, kind: string): string | undefined {
  const candidates = [packagesByApiVersion.get(apiVersion), packages['meta']];
  const found = candidates.find((candidate) => candidate?.types[kind]?.startsWith('!') === true);
  return found === undefined ? undefined : `${found.path}.${kind}`;
}
