import { deepEqual, isList } from '../../apimachinery/index.ts';
import type { JsonSchema } from './json-schema.ts';
import { mapPathItem, mapSchema } from './map-schemas.ts';
import type { OpenApiPart } from './remote-part.ts';

type Definitions = ReadonlyMap<string, JsonSchema>;

const DEFINITION = '#/definitions/';
const KINDS = 'x-kubernetes-group-version-kind';

/**
 * All that `own` says, and what `parts` say beside it, in turn: what is known of a path stays, and another definition
 * of a known name gets the suffix `_v2`, or the next number that is free.
 */
export function mergeParts(own: OpenApiPart, parts: readonly OpenApiPart[]): OpenApiPart {
  const paths = new Map(Object.entries(own.paths));
  const definitions = new Map(Object.entries(own.definitions));
  for (const part of parts) {
    const names = newNames(definitions, new Map(Object.entries(part.definitions)));
    const change = (schema: JsonSchema) => renamed(schema, names);
    for (const [name, schema] of Object.entries(part.definitions)) {
      const place = names.get(name) ?? name;
      definitions.set(place, withKindsOf(definitions.get(place) ?? mapSchema(schema, change), schema));
    }
    for (const [path, item] of Object.entries(part.paths)) {
      if (!paths.has(path)) paths.set(path, mapPathItem(item, change));
    }
  }
  return { paths: Object.fromEntries(paths), definitions: Object.fromEntries(definitions) };
}

function renamed(schema: JsonSchema, names: ReadonlyMap<string, string>): JsonSchema {
  const { $ref } = schema;
  const name = typeof $ref === 'string' ? names.get($ref.slice(DEFINITION.length)) : undefined;
  return name === undefined ? schema : { ...schema, $ref: `${DEFINITION}${name}` };
}

/** Of the definitions that cannot keep their names. */
function newNames(known: Definitions, added: Definitions): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const given = new Set<string>();
  for (const [name, schema] of added) {
    const fits = (place: string) => isSame(known.get(place), schema);
    if (!known.has(name) || fits(name)) continue;
    let number = 2;
    let place = `${name}_v${number}`;
    while (!fits(place) && (known.has(place) || added.has(place) || given.has(place))) {
      number += 1;
      place = `${name}_v${number}`;
    }
    given.add(place);
    names.set(name, place);
  }
  return names;
}

/** The same definition may be of more kinds in one document than in another. */
function isSame(known: JsonSchema | undefined, schema: JsonSchema): boolean {
  return known !== undefined && deepEqual({ ...known, [KINDS]: undefined }, { ...schema, [KINDS]: undefined });
}

function withKindsOf(schema: JsonSchema, other: JsonSchema): JsonSchema {
  const kinds = [schema[KINDS], other[KINDS]].flatMap((list) => (isList(list) ? [...list] : []));
  if (kinds.length === 0) return schema;
  const all = new Map(kinds.map((kind) => [JSON.stringify(kind), kind]));
  return { ...schema, [KINDS]: [...all.values()] };
}
