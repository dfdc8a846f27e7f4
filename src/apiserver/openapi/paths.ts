import { apiVersionOf } from '../../apimachinery/index.ts';
import type { ResourceDefinition, Subresource, Verb } from '../resource-definition.ts';
import type { JsonSchema, SchemaWriter, WriteSchema } from './json-schema.ts';
import { operation, pathParameter, type Action, type GroupVersionKind, type OperationOptions } from './operations.ts';

const META = 'k8s.io/apimachinery/pkg/apis/meta/v1.';
const SCALE = {
  schema: 'k8s.io/api/autoscaling/v1.Scale',
  kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
} as const;

type Paths = Record<string, JsonSchema>;
type Operation = Omit<OperationOptions, 'id'>;

const COLLECTION: readonly (readonly [Verb, Action])[] = [
  ['list', 'list'],
  ['create', 'post'],
  ['deletecollection', 'deletecollection'],
];

const ITEM: readonly (readonly [Verb, Action])[] = [
  ['get', 'get'],
  ['update', 'put'],
  ['patch', 'patch'],
  ['delete', 'delete'],
];

/** The paths of one resource. */
export function pathsOf(definition: ResourceDefinition, schemas: SchemaWriter): Paths {
  return new ResourcePaths(definition, schemas).all();
}

class ResourcePaths {
  readonly #definition: ResourceDefinition;
  readonly #schemas: SchemaWriter;
  readonly #kind: GroupVersionKind;

  constructor(definition: ResourceDefinition, schemas: SchemaWriter) {
    this.#definition = definition;
    this.#schemas = schemas;
    this.#kind = { group: definition.group, version: definition.version, kind: definition.kind };
  }

  all(): Paths {
    const { group, namespaced, plural, subresources = [] } = this.#definition;
    const root = `${group === '' ? '/api' : '/apis'}/${apiVersionOf(this.#definition)}`;
    const collection = `${root}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}`;
    const item = `${collection}/{name}`;
    const paths: Paths = {};
    this.#add(paths, collection, '', this.#served(COLLECTION));
    if (namespaced && this.#serves('list')) this.#add(paths, `${root}/${plural}`, '', [this.#ofObject('list')]);
    this.#add(paths, item, '', this.#served(ITEM));
    for (const subresource of subresources) {
      this.#add(paths, `${item}/${subresource.name}`, subresource.name, this.#ofSubresource(subresource));
    }
    return paths;
  }

  #serves(verb: Verb): boolean {
    if (this.#definition.answer !== undefined) return verb === 'create';
    return this.#definition.verbs?.includes(verb) ?? true;
  }

  #served(actions: readonly (readonly [Verb, Action])[]): readonly Operation[] {
    return actions.filter(([verb]) => this.#serves(verb)).map(([, action]) => this.#ofObject(action));
  }

  #ofObject(action: Action, schema = this.#definition.schema, kind = this.#kind): Operation {
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

  #list(): JsonSchema {
    const typeName = `${this.#definition.schema}List`;
    if (this.#schemas.has(typeName)) return this.#schemas.reference(typeName);
    return listSchema(this.#definition.schema)((other) => this.#schemas.reference(other));
  }

  #ofSubresource(subresource: Subresource): readonly Operation[] {
    switch (subresource.type) {
      case 'status':
        return (['get', 'put', 'patch'] as const).map((action) => this.#ofObject(action));
      case 'scale':
        return (['get', 'put', 'patch'] as const).map((action) => this.#ofObject(action, SCALE.schema, SCALE.kind));
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

  #add(paths: Paths, path: string, subresource: string, operations: readonly Operation[]): void {
    if (operations.length === 0) return;
    const parameters = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => pathParameter(name));
    const scope = path.includes('{namespace}') ? 'Namespaced' : this.#definition.namespaced ? 'AllNamespaces' : '';
    const schemaOnly = this.#definition.openApi !== undefined;
    const methods = operations.map((options) =>
      operation({ ...options, id: this.#operationId(options.action, scope, subresource), schemaOnly }),
    );
    paths[path] = { ...Object.fromEntries(methods), ...(parameters.length === 0 ? {} : { parameters }) };
  }

  /** Unique within the document, which is all that tools ask of it. */
  #operationId(action: Action, scope: string, subresource: string): string {
    const { group, version, kind } = this.#definition;
    const words = [group.split('.')[0] || 'core', version, scope, kind, subresource];
    return action + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  }
}

/** A list of a type, where no table has one. */
export function listSchema(typeName: string): WriteSchema {
  return (reference) => ({
    type: 'object',
    properties: {
      apiVersion: { type: 'string' },
      items: { type: 'array', items: reference(typeName) },
      kind: { type: 'string' },
      metadata: reference(`${META}ListMeta`),
    },
    required: ['items'],
  });
}
