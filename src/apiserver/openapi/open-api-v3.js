import { createHash } from 'node:crypto';
import { apiVersionOf } from '../../apimachinery/index.ts';
import { SchemaWriter } from './json-schema.ts';
import { modelName } from './model-name.ts';
import { pathsOf } from './paths.ts';
function documentOf(value) {
    const text = JSON.stringify(value);
    return { text, hash: createHash('sha256').update(text).digest('hex').slice(0, 32).toUpperCase() };
}
const pathOf = (definition) => `${definition.group === '' ? 'api' : 'apis'}/${apiVersionOf(definition)}`;
/** The index names every document with its hash, so it builds them all. */
export function openApiV3Index(definitions, table) {
    const paths = [...new Set(definitions.map(pathOf))];
    return indexOf(paths, (path) => openApiV3Document(path, definitions, table));
}
function indexOf(paths, documentAt) {
    const entries = paths.map((path) => {
        const hash = documentAt(path)?.hash ?? '';
        return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }];
    });
    return documentOf({ paths: Object.fromEntries(entries) });
}
/** The kinds that stand in a document's paths, by the name of their type. */
function kindsOf(definitions) {
    return new Map(definitions.flatMap(({ group, version, kind, schema, subresources = [] }) => [
        [schema, { group, kind, version }],
        [`${schema}List`, { group, kind: `${kind}List`, version }],
        ...subresources.flatMap((subresource) => {
            if (subresource.type !== 'create')
                return [];
            const { body } = subresource;
            return [[body.schema, { group: body.group, kind: body.kind, version: body.version }]];
        }),
    ]));
}
export function openApiV3Document(path, definitions, table) {
    const own = definitions.filter((definition) => pathOf(definition) === path);
    if (own.length === 0)
        return undefined;
    const schemas = new SchemaWriter(table);
    const paths = Object.assign({}, ...own.map((definition) => pathsOf(definition, table, schemas)));
    const kinds = kindsOf(own);
    const components = {};
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
/** Builds each document when it is first asked for, and keeps it. */
export function createOpenApiV3(definitions, table) {
    const documents = new Map();
    const document = (path) => {
        if (!documents.has(path))
            documents.set(path, openApiV3Document(path, definitions, table));
        return documents.get(path);
    };
    let index;
    return {
        index: () => (index ??= indexOf([...new Set(definitions.map(pathOf))], document)),
        document,
    };
}
