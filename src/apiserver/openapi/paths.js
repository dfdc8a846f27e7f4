import { apiVersionOf } from '../../apimachinery/index.ts';
import { operation, pathParameter } from './operations.ts';
const META = 'k8s.io/apimachinery/pkg/apis/meta/v1.';
const SCALE = {
    schema: 'k8s.io/api/autoscaling/v1.Scale',
    kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
};
const COLLECTION = [
    ['list', 'list'],
    ['create', 'post'],
    ['deletecollection', 'deletecollection'],
];
const ITEM = [
    ['get', 'get'],
    ['update', 'put'],
    ['patch', 'patch'],
    ['delete', 'delete'],
];
/** The paths of one resource. */
export function pathsOf(definition, table, schemas) {
    return new ResourcePaths(definition, table, schemas).all();
}
class ResourcePaths {
    #definition;
    #table;
    #schemas;
    #kind;
    constructor(definition, table, schemas) {
        this.#definition = definition;
        this.#table = table;
        this.#schemas = schemas;
        this.#kind = { group: definition.group, version: definition.version, kind: definition.kind };
    }
    all() {
        const { group, namespaced, plural, subresources = [] } = this.#definition;
        const root = `${group === '' ? '/api' : '/apis'}/${apiVersionOf(this.#definition)}`;
        const collection = `${root}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}`;
        const item = `${collection}/{name}`;
        const paths = {};
        this.#add(paths, collection, '', this.#served(COLLECTION));
        if (namespaced && this.#serves('list'))
            this.#add(paths, `${root}/${plural}`, '', [this.#ofObject('list')]);
        this.#add(paths, item, '', this.#served(ITEM));
        for (const subresource of subresources) {
            this.#add(paths, `${item}/${subresource.name}`, subresource.name, this.#ofSubresource(subresource));
        }
        return paths;
    }
    #serves(verb) {
        if (this.#definition.answer !== undefined)
            return verb === 'create';
        return this.#definition.verbs?.includes(verb) ?? true;
    }
    #served(actions) {
        return actions.filter(([verb]) => this.#serves(verb)).map(([, action]) => this.#ofObject(action));
    }
    #ofObject(action, schema = this.#definition.schema, kind = this.#kind) {
        const written = this.#schemas.reference(schema);
        const status = () => this.#schemas.reference(`${META}Status`);
        switch (action) {
            case 'list':
                return { action, kind, answer: this.#list() };
            case 'delete':
            case 'deletecollection':
                return { action, kind, body: this.#schemas.reference(`${META}DeleteOptions`), answer: status() };
            case 'patch':
                return { action, kind, body: this.#schemas.reference(`${META}Patch`), answer: written };
            case 'post':
            case 'put':
                return { action, kind, body: written, answer: written };
            case 'get':
            case 'connect':
                return { action, kind, answer: written };
        }
    }
    #list() {
        const typeName = `${this.#definition.schema}List`;
        if (this.#table.get(typeName) !== undefined)
            return this.#schemas.reference(typeName);
        return {
            type: 'object',
            properties: {
                apiVersion: { type: 'string' },
                items: { type: 'array', items: this.#schemas.reference(this.#definition.schema) },
                kind: { type: 'string' },
                metadata: this.#schemas.reference(`${META}ListMeta`),
            },
            required: ['items'],
        };
    }
    #ofSubresource(subresource) {
        switch (subresource.type) {
            case 'status':
                return ['get', 'put', 'patch'].map((action) => this.#ofObject(action));
            case 'scale':
                return ['get', 'put', 'patch'].map((action) => this.#ofObject(action, SCALE.schema, SCALE.kind));
            case 'update': {
                const verbs = subresource.verbs ?? ['get', 'update', 'patch'];
                return verbs.map((verb) => this.#ofObject(verb === 'update' ? 'put' : verb));
            }
            case 'create': {
                const { group, version, kind, schema } = subresource.body;
                return [this.#ofObject('post', schema, { group, version, kind })];
            }
            case 'connect':
                return [{ action: 'connect', kind: this.#kind, answer: { type: 'string' }, answerType: 'text/plain' }];
        }
    }
    #add(paths, path, subresource, operations) {
        if (operations.length === 0)
            return;
        const parameters = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => pathParameter(name));
        const scope = path.includes('{namespace}') ? 'Namespaced' : this.#definition.namespaced ? 'AllNamespaces' : '';
        const methods = operations.map((options) => operation({ ...options, id: this.#operationId(options.action, scope, subresource) }));
        paths[path] = { ...Object.fromEntries(methods), ...(parameters.length === 0 ? {} : { parameters }) };
    }
    /** Unique within the document, which is all that tools ask of it. */
    #operationId(action, scope, subresource) {
        const { group, version, kind } = this.#definition;
        const words = [group.split('.')[0] || 'core', version, scope, kind, subresource];
        return action + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
    }
}
