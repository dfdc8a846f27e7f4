import { isObject } from '../../apimachinery/index.ts';
import type { JsonSchema } from './json-schema.ts';

const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';

/** Version 2 has no choice between types: the published forms of the two types that need one. */
const CHOICES: ReadonlyMap<string, JsonSchema> = new Map([
  [QUANTITY, { type: 'string' }],
  [INT_OR_STRING, { type: 'string', format: 'int-or-string' }],
]);

/** Words of version 3 that version 2 does not have; what they say is left to the server. */
const UNKNOWN_WORDS = new Set(['oneOf', 'anyOf', 'allOf', 'not', 'nullable']);

const KINDS = 'x-kubernetes-group-version-kind';
const OPEN = 'x-kubernetes-preserve-unknown-fields';

/** A schema of version 3 in the words of version 2. `name` is that of a definition, empty for one that has none. */
export function definitionV2(name: string, schema: JsonSchema): JsonSchema {
  // Clients of version 2 take fields that are not listed for errors, so that an object of any fields must list none.
  if (schema[KINDS] !== undefined && schema[OPEN] === true) return { type: 'object', [KINDS]: schema[KINDS] };
  return CHOICES.get(name) ?? schemaV2(schema);
}

function schemaV2(schema: JsonSchema): JsonSchema {
  const reference = referenceOf(schema);
  if (reference !== undefined) return reference;
  const unsaid = unsaidWords(schema);
  const { required, ...words } = Object.fromEntries(
    Object.entries(schema).flatMap(([word, value]) => (unsaid.has(word) ? [] : [[word, wordV2(word, value)] as const])),
  );
  return { ...words, ...requiredV2(required, schema) };
}

/** What of a schema clients of version 2 would misread. They check what has a type, and want to know of what its parts are. */
function unsaidWords(schema: JsonSchema): ReadonlySet<string> {
  const isOpen = schema[OPEN] === true;
  const isNullable = schema['nullable'] === true;
  const words = new Set(UNKNOWN_WORDS);
  if (isOpen || isNullable) words.add('items').add('properties');
  const hasItems = schema['items'] !== undefined && !words.has('items');
  const hasNoType = isNullable || schema['x-kubernetes-int-or-string'] === true;
  if (hasNoType || (schema['type'] === 'object' && isOpen) || (schema['type'] === 'array' && !hasItems))
    words.add('type');
  return words;
}

/** What may be null may be left out. */
function requiredV2(required: unknown, { properties, additionalProperties }: JsonSchema): JsonSchema {
  if (!Array.isArray(required) || isNullableSchema(additionalProperties)) return {};
  const known = isObject(properties) ? properties : {};
  const names = required.filter((name) => typeof name !== 'string' || !isNullableSchema(known[name]));
  return names.length === 0 ? {} : { required: names };
}

function isNullableSchema(schema: unknown): boolean {
  return isObject(schema) && schema['nullable'] === true;
}

/** A reference, and what stands beside it: version 3 needs `allOf` for that. */
function referenceOf(schema: JsonSchema): JsonSchema | undefined {
  const { allOf, default: _default, ...beside } = schema;
  const only: unknown = Array.isArray(allOf) && allOf.length === 1 ? allOf[0] : schema;
  if (!isObject(only) || typeof only['$ref'] !== 'string') return undefined;
  return { ...beside, $ref: only['$ref'].replace('#/components/schemas/', '#/definitions/') };
}

function wordV2(word: string, value: unknown): unknown {
  switch (word) {
    case 'properties':
      if (!isObject(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([key, property]) => [key, nested(property)]));
    case 'items':
    case 'additionalProperties':
      return nested(value);
    default:
      return value;
  }
}

function nested(value: unknown): unknown {
  return isObject(value) ? schemaV2(value) : value;
}
