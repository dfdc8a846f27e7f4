import { decodeJson, isList, isObject, type UnknownObject } from '../../apimachinery/index.ts';
import type { JsonSchema } from './json-schema.ts';
import { mapPathItem, mapSchema } from './map-schemas.ts';
import { swaggerProtobuf } from './swagger-protobuf.ts';

/** Paths and definitions of a document in version 2. */
export interface OpenApiPart {
  readonly paths: Readonly<Record<string, JsonSchema>>;
  readonly definitions: Readonly<Record<string, JsonSchema>>;
}

interface Version {
  readonly group: string;
  readonly version: string;
}

const DEFINITION = '#/definitions/';
const KINDS = 'x-kubernetes-group-version-kind';
const TYPES: readonly unknown[] = [undefined, 'string', 'number', 'integer', 'boolean', 'object', 'array'];

/**
 * What another server's document says of one version of a group, and the definitions that takes: nothing of what
 * others serve. Throws when a client could not read it, which would lose the rest of the document too.
 */
export function versionPart(text: string, version: Version): OpenApiPart {
  const { value: document } = decodeJson(text);
  if (!isObject(document) || document['swagger'] !== '2.0') throw new Error('the answer is no document of OpenAPI 2.0');
  const root = `/apis/${version.group}/${version.version}`;
  const wanted: string[] = [];
  const look = (schema: JsonSchema): JsonSchema => {
    const { $ref } = schema;
    if ($ref !== undefined) wanted.push(definitionNamed($ref));
    else checkReadable(schema);
    return schema;
  };
  const paths = Object.entries(fieldsOf(document['paths']))
    .filter(([path]) => path === root || path.startsWith(`${root}/`))
    .map(([path, item]) => [path, mapPathItem(withoutSharing(item, document), look)] as const);
  const definitions = reachable(fieldsOf(document['definitions']), wanted, look);
  const part = {
    paths: Object.fromEntries(paths),
    definitions: Object.fromEntries([...definitions].map(([name, schema]) => [name, ofVersion(schema, version)])),
  };
  // Fails where a word is not what it has to be.
  swaggerProtobuf({ ...part });
  return part;
}

/** `wanted` grows as definitions are looked at. */
function reachable(
  known: UnknownObject,
  wanted: readonly string[],
  look: (schema: JsonSchema) => JsonSchema,
): ReadonlyMap<string, JsonSchema> {
  const found = new Map<string, JsonSchema>();
  for (const name of wanted) {
    if (found.has(name)) continue;
    if (!Object.hasOwn(known, name)) throw new Error(`the definition ${JSON.stringify(name)} is missing`);
    found.set(name, mapSchema(known[name], look));
  }
  return found;
}

function definitionNamed(reference: unknown): string {
  if (typeof reference !== 'string' || !reference.startsWith(DEFINITION)) {
    throw new Error(`${JSON.stringify(reference)} refers to no definition`);
  }
  return reference.slice(DEFINITION.length);
}

function checkReadable({ type, items }: JsonSchema): void {
  if (!TYPES.includes(type)) throw new Error(`${JSON.stringify(type)} is no type`);
  if (type === 'array' && items === undefined) throw new Error('a list does not say of what');
}

/** Another server describes the kinds of its own version, and takes nobody else's place. */
function ofVersion(schema: JsonSchema, { group, version }: Version): JsonSchema {
  const { [KINDS]: kinds, ...words } = schema;
  if (!isList(kinds)) return words;
  const own = kinds.filter((kind) => isObject(kind) && kind['group'] === group && kind['version'] === version);
  return own.length === 0 ? words : { ...words, [KINDS]: own };
}

/** With the parameters and responses that the document has once for all in the places where they are meant. */
function withoutSharing(value: unknown, document: UnknownObject): unknown {
  const resolved = (inner: unknown): unknown => {
    const reference = isObject(inner) ? inner['$ref'] : undefined;
    if (typeof reference !== 'string') return inner;
    const [, word = '', name = ''] = /^#\/(parameters|responses)\/(.*)$/.exec(reference) ?? [];
    const shared = fieldsOf(document[word]);
    if (!Object.hasOwn(shared, name)) throw new Error(`${JSON.stringify(reference)} refers to nothing`);
    return shared[name];
  };
  const carried = (item: unknown): unknown => {
    if (!isObject(item)) return item;
    const { parameters, responses } = item;
    return {
      ...item,
      ...(isList(parameters) ? { parameters: parameters.map(resolved) } : {}),
      ...(isObject(responses)
        ? { responses: Object.fromEntries(Object.entries(responses).map(([code, answer]) => [code, resolved(answer)])) }
        : {}),
    };
  };
  const item = carried(value);
  if (!isObject(item)) return item;
  return Object.fromEntries(
    Object.entries(item).map(([word, inner]) => [word, word === 'parameters' ? inner : carried(inner)]),
  );
}

function fieldsOf(value: unknown): UnknownObject {
  return isObject(value) ? value : {};
}
