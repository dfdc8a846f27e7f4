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
const UNKNOWN_WORDS = new Set(['oneOf', 'anyOf', 'not', 'nullable']);

/** A schema of version 3 in the words of version 2. `name` is that of a definition, empty for one that has none. */
export function definitionV2(name: string, schema: JsonSchema): JsonSchema {
  return CHOICES.get(name) ?? schemaV2(schema);
}

function schemaV2(schema: JsonSchema): JsonSchema {
  const reference = referenceOf(schema);
  if (reference !== undefined) return reference;
  const entries = Object.entries(schema).flatMap(([word, value]) => {
    return UNKNOWN_WORDS.has(word) ? [] : [[word, wordV2(word, value)] as const];
  });
  const next: Record<string, unknown> = Object.fromEntries(entries);
  // A value that may be null, a number or a text, or anything has no type that clients of version 2 could check.
  const isOpen = schema['nullable'] === true || schema['x-kubernetes-int-or-string'] === true;
  if (isOpen) delete next['type'];
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) delete next['properties'];
  return next;
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
    case 'allOf':
      return Array.isArray(value) ? value.map(nested) : value;
    default:
      return value;
  }
}

function nested(value: unknown): unknown {
  return isObject(value) ? schemaV2(value) : value;
}
