import { isObject } from '../../apimachinery/index.ts';
import type { JsonSchema } from './json-schema.ts';
import { mergeParts } from './merge-parts.ts';
import type { OpenApiV3 } from './open-api-v3.ts';
import type { OpenApiPart } from './remote-part.ts';
import { definitionV2 } from './schema-v2.ts';
import { swaggerProtobuf } from './swagger-protobuf.ts';

/** One document for everything, in both its forms; each is made when it is first asked for. */
export interface OpenApiV2 {
  json(): Buffer;
  protobuf(): Buffer;
}

/** `parts` are what other servers say of their versions, each a part as JSON. */
export function createOpenApiV2(documents: OpenApiV3, version: string, parts: readonly string[] = []): OpenApiV2 {
  const describe = () => {
    const all = documents.paths.map((path) => {
      // @NOTE the text was made of such a document.
      return JSON.parse(documents.document(path)?.text ?? '{}') as DocumentV3;
    });
    // @NOTE the texts were made of such parts.
    const remote = parts.map((part) => JSON.parse(part) as OpenApiPart);
    return openApiV2Document(mergeParts(openApiV2Part(all), remote), version);
  };
  let json: Buffer | undefined;
  let protobuf: Buffer | undefined;
  return {
    json: () => (json ??= Buffer.from(JSON.stringify(describe()))),
    protobuf: () => (protobuf ??= swaggerProtobuf(describe())),
  };
}

/** What a document in version 3 says, as far as version 2 can say it too. */
interface DocumentV3 {
  readonly paths: Readonly<Record<string, JsonSchema>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

const METHODS = ['get', 'head', 'put', 'post', 'patch', 'delete'] as const;
const KINDS = 'x-kubernetes-group-version-kind';

/** One document in version 2 (Swagger 2.0). */
function openApiV2Document({ paths, definitions }: OpenApiPart, version: string): JsonSchema {
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version },
    paths: sorted(paths),
    definitions: sorted(definitions),
  };
}

/** Everything that the documents in version 3, one a group, describe. */
function openApiV2Part(documents: Iterable<DocumentV3>): OpenApiPart {
  const paths: Record<string, JsonSchema> = {};
  const definitions: Record<string, JsonSchema> = {};
  for (const document of documents) {
    for (const [path, item] of Object.entries(document.paths)) paths[path] = pathItem(item);
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      definitions[name] = withKindsOf(definitionV2(name, schema), definitions[name]);
    }
  }
  return { paths, definitions };
}

/** Options such as `DeleteOptions` are of a kind in every group. */
function withKindsOf(definition: JsonSchema, known: JsonSchema | undefined): JsonSchema {
  const before: unknown = known?.[KINDS];
  const now: unknown = definition[KINDS];
  if (!Array.isArray(before) || !Array.isArray(now)) return known ?? definition;
  const kinds: readonly unknown[] = before.concat(now);
  const all = new Map(kinds.map((kind) => [JSON.stringify(kind), kind]));
  return { ...definition, [KINDS]: [...all.values()] };
}

function pathItem(item: JsonSchema): JsonSchema {
  const operations = METHODS.flatMap((method) => {
    const operation = item[method];
    return isObject(operation) ? [[method, operationV2(operation)] as const] : [];
  });
  return { ...Object.fromEntries(operations), ...parametersOf(item) };
}

function parametersOf({ parameters }: JsonSchema): JsonSchema {
  return Array.isArray(parameters) ? { parameters: parameters.filter(isObject).map(parameterV2) } : {};
}

/** The schema of a parameter that is no body stands in the parameter itself. */
function parameterV2({ schema, ...parameter }: JsonSchema): JsonSchema {
  return { ...parameter, ...(isObject(schema) ? schema : {}) };
}

function operationV2({ parameters, requestBody, responses, ...operation }: JsonSchema): JsonSchema {
  const body = isObject(requestBody) ? [bodyParameter(requestBody)] : [];
  const others = Array.isArray(parameters) ? parameters.filter(isObject).map(parameterV2) : [];
  const answers = isObject(responses) ? responses : {};
  return {
    ...operation,
    consumes: isObject(requestBody) ? contentTypes(requestBody) : ['*/*'],
    produces: contentTypes(isObject(answers['200']) ? answers['200'] : {}),
    ...(body.length + others.length === 0 ? {} : { parameters: [...body, ...others] }),
    responses: Object.fromEntries(
      Object.entries(answers).map(([code, response]) => [code, responseV2(isObject(response) ? response : {})]),
    ),
  };
}

function bodyParameter(body: JsonSchema): JsonSchema {
  return {
    name: 'body',
    in: 'body',
    ...(body['required'] === true ? { required: true } : {}),
    schema: contentSchema(body) ?? {},
  };
}

function responseV2(response: JsonSchema): JsonSchema {
  const schema = contentSchema(response);
  return { description: response['description'] ?? '', ...(schema === undefined ? {} : { schema }) };
}

function contentTypes({ content }: JsonSchema): readonly string[] {
  return isObject(content) ? Object.keys(content) : ['application/json'];
}

/** All types of content are of the same schema. */
function contentSchema({ content }: JsonSchema): JsonSchema | undefined {
  const [first] = isObject(content) ? Object.values(content) : [];
  if (!isObject(first) || !isObject(first['schema'])) return undefined;
  return definitionV2('', first['schema']);
}

function sorted(entries: Readonly<Record<string, JsonSchema>>): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(Object.entries(entries).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
