import { createHash } from 'node:crypto';
import { apiVersionOf, type TypeTable } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { SchemaWriter, type JsonSchema, type WriteSchema } from './json-schema.ts';
import { modelName } from './model-name.ts';
import type { GroupVersionKind } from './operations.ts';
import { listSchema, pathsOf } from './paths.ts';

export interface OpenApiDocument {
  /** JSON. */
  readonly text: string;
  /** Of the content; fit for an ETag. Clients keep a document for ever under its hash. */
  readonly hash: string;
}

export interface OpenApiV3 {
  /** Of `/openapi/v3`. */
  index(): OpenApiDocument;
  /** Of `/openapi/v3/<path>`, where `path` is `api/v1` or `apis/apps/v1`; `undefined`: not served. */
  document(path: string): OpenApiDocument | undefined;
  /** Where there are documents: `api/v1`, `apis/apps/v1`. */
  readonly paths: readonly string[];
}

function documentOf(value: unknown): OpenApiDocument {
  const text = JSON.stringify(value);
  return { text, hash: createHash('sha256').update(text).digest('hex').slice(0, 32).toUpperCase() };
}

const pathOf = (definition: ResourceDefinition) =>
  `${definition.group === '' ? 'api' : 'apis'}/${apiVersionOf(definition)}`;

/** The index names every document with its hash, so it builds them all. */
export function openApiV3Index(definitions: readonly ResourceDefinition[], table: TypeTable): OpenApiDocument {
  const paths = [...new Set(definitions.map(pathOf))];
  return indexOf(paths, (path) => openApiV3Document(path, definitions, table));
}

function indexOf(paths: readonly string[], documentAt: (path: string) => OpenApiDocument | undefined): OpenApiDocument {
  const entries = paths.map((path) => {
    const hash = documentAt(path)?.hash ?? '';
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const;
  });
  return documentOf({ paths: Object.fromEntries(entries) });
}

/** The kinds that stand in a document's paths, by the name of their type. */
function kindsOf(definitions: readonly ResourceDefinition[]): ReadonlyMap<string, GroupVersionKind> {
  return new Map(
    definitions.flatMap(({ group, version, kind, listKind, schema, subresources = [] }) => [
      [schema, { group, kind, version }] as const,
      [`${schema}List`, { group, kind: listKind ?? `${kind}List`, version }] as const,
      ...subresources.flatMap((subresource) => {
        if (subresource.type !== 'create') return [];
        const { body } = subresource;
        return [[body.schema, { group: body.group, kind: body.kind, version: body.version }] as const];
      }),
    ]),
  );
}

/** Of kinds that bring their schema along, and of their lists. */
function schemasBeside(definitions: readonly ResourceDefinition[]): ReadonlyMap<string, WriteSchema> {
  return new Map(
    definitions.flatMap(({ schema, openApi }) =>
      openApi === undefined ? [] : [[schema, openApi] as const, [`${schema}List`, listSchema(schema)] as const],
    ),
  );
}

export function openApiV3Document(
  path: string,
  definitions: readonly ResourceDefinition[],
  table: TypeTable,
): OpenApiDocument | undefined {
  const own = definitions.filter((definition) => pathOf(definition) === path);
  if (own.length === 0) return undefined;
  const schemas = new SchemaWriter(table, schemasBeside(own));
  const paths = Object.assign({}, ...own.map((definition) => pathsOf(definition, schemas))) as object;
  const kinds = kindsOf(own);
  const components: Record<string, JsonSchema> = {};
  for (const [name, schema] of schemas.components()) {
    const kind = kinds.get(name);
    components[modelName(name)] =
      kind === undefined ? schema : { ...schema, 'x-kubernetes-group-version-kind': [kind] };
  }
  return documentOf({
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths,
    components: { schemas: components },
  });
}

/** Documents that were built, by path, with what they were built of. */
export type KeptDocuments = Map<
  string,
  { readonly of: readonly ResourceDefinition[]; readonly document: OpenApiDocument }
>;

/** Builds each document when it is first asked for, and keeps it in `kept`, for as long as its definitions stay the same. */
export function createOpenApiV3(
  definitions: readonly ResourceDefinition[],
  table: TypeTable,
  kept: KeptDocuments = new Map(),
): OpenApiV3 {
  const byPath = Map.groupBy(definitions, pathOf);
  for (const path of kept.keys()) if (!byPath.has(path)) kept.delete(path);
  const document = (path: string) => {
    const of = byPath.get(path);
    if (of === undefined) return undefined;
    const known = kept.get(path);
    if (known !== undefined && isSame(known.of, of)) return known.document;
    const built = openApiV3Document(path, of, table);
    if (built !== undefined) kept.set(path, { of, document: built });
    return built;
  };
  const paths = [...byPath.keys()];
  let index: OpenApiDocument | undefined;
  return { index: () => (index ??= indexOf(paths, document)), document, paths };
}

function isSame(a: readonly ResourceDefinition[], b: readonly ResourceDefinition[]): boolean {
  return a.length === b.length && a.every((definition, index) => definition === b[index]);
}
