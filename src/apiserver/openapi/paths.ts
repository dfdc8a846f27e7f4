import { apiVersionOf } from '../../apimachinery/index.ts';
import type { ResourceDefinition, Subresource, Verb } from '../resource-definition.ts';
import type { JsonSchema, SchemaWriter, WriteSchema } from './json-schema.ts';
import {
  operation,
  pathParameter,
  type Action,
  type GroupVersionKind,
  type Method,
  type OperationOptions,
} from './operations.ts';

const META = 'k8s.io/apimachinery/pkg/apis/meta/v1.';
const SCALE = {
  schema: 'k8s.io/api/autoscaling/v1.Scale',
  kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
} as const;

type Paths = Record<string, JsonSchema>;
type Operation = Omit<OperationOptions, 'id'>;

type ConnectPart = Extract<Subresource, { type: 'connect' }>;
type ConnectVerb = NonNullable<ConnectPart['verbs']>[number];

const CONNECT_METHODS: Readonly<Record<ConnectVerb, Method>> = {
  create: 'post',
  delete: 'delete',
  get: 'get',
  patch: 'patch',
  update: 'put',
};

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
      const operations = this.#ofSubresource(subresource);
      const path = `${item}/${subresource.name}`;
      this.#add(paths, path, subresource.name, operations);
      const takesPath = subresource.type === 'connect' && subresource.takesPath === true;
      if (takesPath) this.#add(paths, `${path}/{path}`, `${subresource.name}WithPath`, operations);
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
        return this.#ofConnection(subresource);
    }
  }

  /** What has no options of its own only tells something of its object. */
  #ofConnection({ verbs = ['get'], optionsKind, queryType, takesPath = false }: ConnectPart): readonly Operation[] {
    const { schema } = this.#definition;
    const typeName = queryType ?? optionsKind;
    const query = typeName === undefined ? [] : this.#schemas.queryOf(`${packageOf(schema)}.${typeName}`);
    const told = { query, answer: { type: 'string' } };
    if (optionsKind === undefined) return [{ action: 'get', kind: this.#kind, ...told, answerType: 'text/plain' }];
    const methods: readonly Method[] = verbs.map((verb) => CONNECT_METHODS[verb]);
    const kind = { ...this.#kind, kind: optionsKind };
    return [...methods, ...(takesPath ? (['head'] as const) : [])]
      .toSorted()
      .map((method) => ({ action: 'connect', method, kind, ...told, answerType: '*/*' }));
  }

  #add(paths: Paths, path: string, subresource: string, operations: readonly Operation[]): void {
    if (operations.length === 0) return;
    const parameters = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => pathParameter(name));
    const scope = path.includes('{namespace}') ? 'Namespaced' : this.#definition.namespaced ? 'AllNamespaces' : '';
    const schemaOnly = this.#definition.openApi !== undefined;
    const methods = operations.map((options) =>
      operation({ ...options, id: this.#operationId(options, scope, subresource), schemaOnly }),
    );
    paths[path] = { ...Object.fromEntries(methods), ...(parameters.length === 0 ? {} : { parameters }) };
  }

  /** Unique within the document, which is all that tools ask of it. */
  #operationId({ action, method }: Operation, scope: string, subresource: string): string {
    const { group, version, kind } = this.#definition;
    const words = [group.split('.')[0] || 'core', version, method ?? '', scope, kind, subresource];
    return action + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  }
}

/** `k8s.io/api/core/v1` of `k8s.io/api/core/v1.Pod`. */
function packageOf(typeName: string): string {
  return typeName.slice(0, typeName.lastIndexOf('.'));
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
