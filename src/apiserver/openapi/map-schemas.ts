import { isList, isObject, type UnknownObject } from '../../apimachinery/index.ts';
import type { JsonSchema } from './json-schema.ts';

/** What takes the place of a schema, those within which are changed already. */
type Change = (schema: JsonSchema) => JsonSchema;

const MAX_DEPTH = 64;
const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch']);

/** A schema of version 2 with all those within it changed. Throws where it is none. */
export function mapSchema(schema: unknown, change: Change, depth = MAX_DEPTH): JsonSchema {
  if (depth === 0) throw new RangeError('schemas are nested too deeply');
  const inner = (value: unknown) => mapSchema(value, change, depth - 1);
  const { properties, items, additionalProperties, allOf, ...words } = objectOf(schema);
  return change({
    ...words,
    ...(properties === undefined ? {} : { properties: mapValues(properties, inner) }),
    ...(items === undefined ? {} : { items: inner(items) }),
    ...(additionalProperties === undefined
      ? {}
      : { additionalProperties: isObject(additionalProperties) ? inner(additionalProperties) : additionalProperties }),
    ...(allOf === undefined ? {} : { allOf: listOf(allOf).map(inner) }),
  });
}

/** What stands at a path, with the schemas of what is sent and answered there changed. */
export function mapPathItem(item: unknown, change: Change): JsonSchema {
  return Object.fromEntries(
    Object.entries(objectOf(item)).map(([word, value]) => {
      if (METHODS.has(word)) return [word, mapOperation(objectOf(value), change)];
      return [word, word === 'parameters' ? mapCarriers(value, change) : value];
    }),
  );
}

function mapOperation({ parameters, responses, ...operation }: UnknownObject, change: Change): JsonSchema {
  return {
    ...operation,
    ...(parameters === undefined ? {} : { parameters: mapCarriers(parameters, change) }),
    ...(responses === undefined ? {} : { responses: mapValues(responses, (value) => mapCarrier(value, change)) }),
  };
}

const mapCarriers = (list: unknown, change: Change) => listOf(list).map((value) => mapCarrier(value, change));

/** A parameter or a response: those that have a schema have it as such. */
function mapCarrier(value: unknown, change: Change): JsonSchema {
  const carrier = objectOf(value);
  const { schema } = carrier;
  return schema === undefined ? carrier : { ...carrier, schema: mapSchema(schema, change) };
}

function mapValues(values: unknown, map: (value: unknown) => unknown): UnknownObject {
  return Object.fromEntries(Object.entries(objectOf(values)).map(([key, value]) => [key, map(value)]));
}

function objectOf(value: unknown): UnknownObject {
  if (!isObject(value)) throw new TypeError('an object was expected');
  return value;
}

function listOf(value: unknown): readonly unknown[] {
  if (!isList(value)) throw new TypeError('a list was expected');
  return value;
}
