import { PACKAGES } from './generate-api-tables-packages.ts';
import type { Field, WireType } from './generate-api-tables-resolve.ts';

/** `name number type flags key=value …`, separated by spaces; what `src/apis/type-table.ts` reads. */
function encodeField(field: Field, alias: string): string {
  const marker = (name: string) => field.markers[name]?.join(',');
  const flags = [
    field.inline ? 'n' : '',
    field.omitEmpty ? 'o' : '',
    field.pointer ? 'p' : '',
    field.required ? 'r' : '',
  ].join('');
  const type = field.type.replace(new RegExp(`^([[{]*)${alias}\\.`), '$1.');
  const constant = field.markers['default']?.find((value) => !value.startsWith('ref('));
  const extras: readonly (readonly [string, string | undefined])[] = [
    ['l', marker('listType')],
    ['k', marker('listMapKey')],
    ['m', marker('mapType') ?? marker('structType')],
    ['s', field.patchStrategies === '' ? undefined : field.patchStrategies],
    ['K', field.patchMergeKey],
    ['d', constant],
  ];
  const written = extras.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]));
  return [field.name, field.number, type, flags, ...written].join(' ').trimEnd();
}

/** `!`: has apiVersion and kind. `@`: atomic. */
function encodeType(type: WireType): string {
  const head = `${type.typeMeta ? '!' : ''}${type.atomic ? '@' : ''}`;
  return head + type.fields.map((field) => encodeField(field, type.package.alias)).join(';');
}

/** One short string per type, so that reading the file costs next to nothing until a type is asked for. */
export function writeTables(types: readonly WireType[], version: string): string {
  const packages = PACKAGES.map(({ path, alias, group, version: apiVersion }): readonly [string, object] => {
    const own = types.filter((type) => type.package.alias === alias);
    const encoded = Object.fromEntries(own.map((type) => [type.name, encodeType(type)]));
    return [alias, { path, ...(group === undefined ? {} : { group }), version: apiVersion, types: encoded }];
  });
  return `${JSON.stringify({ source: `k8s.io/api ${version}`, packages: Object.fromEntries(packages) }, undefined, 1)}\n`;
}
