import type { JsonSchema, Query } from './json-schema.ts';

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Clients choose how to patch by these. */
const PATCH_TYPES = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json'];
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';

const WRITTEN_TYPES = ['application/json', 'application/yaml'];
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

const query = (type: Query['type'], names: readonly string[]): readonly Query[] =>
  names.map((name) => ({ name, type }));

const WRITE_QUERY = query('string', ['dryRun', 'fieldManager', 'fieldValidation']);
const LIST_QUERY = [
  ...query('boolean', ['allowWatchBookmarks']),
  ...query('string', ['continue', 'fieldSelector', 'labelSelector']),
  ...query('integer', ['limit']),
  ...query('string', ['resourceVersion', 'resourceVersionMatch']),
  ...query('boolean', ['sendInitialEvents']),
  ...query('integer', ['timeoutSeconds']),
  ...query('boolean', ['watch']),
];
const DELETE_QUERY = [
  ...query('string', ['dryRun']),
  ...query('integer', ['gracePeriodSeconds']),
  ...query('boolean', ['orphanDependents']),
  ...query('string', ['propagationPolicy']),
];

/** By the words of `x-kubernetes-action`. */
const QUERIES = {
  get: [],
  list: LIST_QUERY,
  post: WRITE_QUERY,
  put: WRITE_QUERY,
  patch: [...WRITE_QUERY, ...query('boolean', ['force'])],
  delete: DELETE_QUERY,
  deletecollection: [...DELETE_QUERY, ...LIST_QUERY.filter(({ name }) => name !== 'watch' && name !== 'dryRun')],
  connect: [],
} as const satisfies Readonly<Record<string, readonly Query[]>>;

export type Action = keyof typeof QUERIES;

export type Method = 'get' | 'head' | 'put' | 'post' | 'patch' | 'delete';

const METHODS: Readonly<Record<Action, Method>> = {
  get: 'get',
  list: 'get',
  post: 'post',
  put: 'put',
  patch: 'patch',
  delete: 'delete',
  deletecollection: 'delete',
  connect: 'get',
};

export interface OperationOptions {
  readonly action: Action;
  /** That of the action when absent. */
  readonly method?: Method;
  readonly id: string;
  readonly kind: GroupVersionKind;
  readonly body?: JsonSchema;
  readonly answer: JsonSchema;
  /** Beside those of the action. */
  readonly query?: readonly Query[];
  /** The only answer's content type, for what is not an object. */
  readonly answerType?: string;
  /** The kind is in no table: it has no merge keys, and no protobuf form. */
  readonly schemaOnly?: boolean;
}

export function pathParameter(name: string): JsonSchema {
  return { name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } };
}

const contentOf = (types: readonly string[], schema: JsonSchema) =>
  Object.fromEntries(types.map((type) => [type, { schema }]));

function answerContent({ answer, answerType, schemaOnly = false }: OperationOptions): JsonSchema {
  if (answerType !== undefined) return contentOf([answerType], answer);
  return contentOf(schemaOnly ? WRITTEN_TYPES : [...WRITTEN_TYPES, PROTOBUF], answer);
}

function requestBody({ action, body, schemaOnly = false }: OperationOptions): JsonSchema {
  if (body === undefined) return {};
  const patchTypes = schemaOnly ? PATCH_TYPES : [...PATCH_TYPES, STRATEGIC_PATCH];
  const content = contentOf(action === 'patch' ? patchTypes : ['*/*'], body);
  const required = action !== 'delete' && action !== 'deletecollection';
  return { requestBody: { content, ...(required && { required }) } };
}

/** The method and what stands under it in a path. */
export function operation(options: OperationOptions): readonly [method: string, operation: JsonSchema] {
  const { action, method = METHODS[action], id, kind, query: own = [] } = options;
  const queries: readonly Query[] = [...QUERIES[action], ...own];
  const parameters = queries.map(({ name, type }) => ({
    name,
    in: 'query',
    schema: { type, uniqueItems: true },
  }));
  const ok = { description: 'OK', content: answerContent(options) };
  return [
    method,
    {
      operationId: id,
      ...(parameters.length === 0 ? {} : { parameters }),
      ...requestBody(options),
      responses: {
        200: ok,
        ...((action === 'post' || action === 'put' || action === 'patch') && {
          201: { ...ok, description: 'Created' },
        }),
        ...((action === 'post' || action === 'delete') && { 202: { ...ok, description: 'Accepted' } }),
        401: { description: 'Unauthorized' },
      },
      'x-kubernetes-action': action,
      'x-kubernetes-group-version-kind': kind,
    },
  ];
}
