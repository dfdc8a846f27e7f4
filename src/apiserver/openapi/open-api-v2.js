import { isObject } from '../../apimachinery/index.ts';
import { definitionV2 } from './schema-v2.ts';
const METHODS = ['get', 'put', 'post', 'patch', 'delete'];
const KINDS = 'x-kubernetes-group-version-kind';
/** One document in version 2 (Swagger 2.0) for everything that the documents in version 3, one a group, describe. */
export function openApiV2Document(documents, version) {
    const paths = {};
    const definitions = {};
    for (const document of documents) {
        for (const [path, item] of Object.entries(document.paths))
            paths[path] = pathItem(item);
        for (const [name, schema] of Object.entries(document.components.schemas)) {
            definitions[name] = withKindsOf(definitionV2(name, schema), definitions[name]);
        }
    }
    return {
        swagger: '2.0',
        info: { title: 'Kubernetes', version },
        paths: sorted(paths),
        definitions: sorted(definitions),
    };
}
/** Options such as `DeleteOptions` are of a kind in every group. */
function withKindsOf(definition, known) {
    const before = known?.[KINDS];
    const now = definition[KINDS];
    if (!Array.isArray(before) || !Array.isArray(now))
        return known ?? definition;
    const all = new Map([...before, ...now].map((kind) => [JSON.stringify(kind), kind]));
    return { ...definition, [KINDS]: [...all.values()] };
}
function pathItem(item) {
    const operations = METHODS.flatMap((method) => {
        const operation = item[method];
        return isObject(operation) ? [[method, operationV2(operation)]] : [];
    });
    return { ...Object.fromEntries(operations), ...parametersOf(item) };
}
function parametersOf({ parameters }) {
    return Array.isArray(parameters) ? { parameters: parameters.filter(isObject).map(parameterV2) } : {};
}
/** The schema of a parameter that is no body stands in the parameter itself. */
function parameterV2({ schema, ...parameter }) {
    return { ...parameter, ...(isObject(schema) ? schema : {}) };
}
function operationV2({ parameters, requestBody, responses, ...operation }) {
    const body = isObject(requestBody) ? [bodyParameter(requestBody)] : [];
    const others = Array.isArray(parameters) ? parameters.filter(isObject).map(parameterV2) : [];
    const answers = isObject(responses) ? responses : {};
    return {
        ...operation,
        consumes: isObject(requestBody) ? contentTypes(requestBody) : ['*/*'],
        produces: contentTypes(isObject(answers['200']) ? answers['200'] : {}),
        ...(body.length + others.length === 0 ? {} : { parameters: [...body, ...others] }),
        responses: Object.fromEntries(Object.entries(answers).map(([code, response]) => [code, responseV2(isObject(response) ? response : {})])),
    };
}
function bodyParameter(body) {
    return {
        name: 'body',
        in: 'body',
        ...(body['required'] === true ? { required: true } : {}),
        schema: contentSchema(body) ?? {},
    };
}
function responseV2(response) {
    const schema = contentSchema(response);
    return { description: response['description'] ?? '', ...(schema === undefined ? {} : { schema }) };
}
function contentTypes({ content }) {
    return isObject(content) ? Object.keys(content) : ['application/json'];
}
/** All types of content are of the same schema. */
function contentSchema({ content }) {
    const [first] = isObject(content) ? Object.values(content) : [];
    if (!isObject(first) || !isObject(first['schema']))
        return undefined;
    return definitionV2('', first['schema']);
}
function sorted(entries) {
    return Object.fromEntries(Object.entries(entries).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
