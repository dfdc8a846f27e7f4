/** Clients choose how to patch by these. */
const PATCH_TYPES = [
    'application/apply-patch+yaml',
    'application/json-patch+json',
    'application/merge-patch+json',
    'application/strategic-merge-patch+json',
];
const WRITTEN_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const query = (type, names) => names.map((name) => ({ name, type }));
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
};
const METHODS = {
    get: 'get',
    list: 'get',
    post: 'post',
    put: 'put',
    patch: 'patch',
    delete: 'delete',
    deletecollection: 'delete',
    connect: 'get',
};
export function pathParameter(name) {
    return { name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } };
}
const contentOf = (types, schema) => Object.fromEntries(types.map((type) => [type, { schema }]));
/** The method and what stands under it in a path. */
export function operation(options) {
    const { action, id, kind, body, answer, answerType } = options;
    const parameters = QUERIES[action].map(({ name, type }) => ({
        name,
        in: 'query',
        schema: { type, uniqueItems: true },
    }));
    const ok = { description: 'OK', content: contentOf(answerType === undefined ? WRITTEN_TYPES : [answerType], answer) };
    const required = action !== 'delete' && action !== 'deletecollection';
    return [
        METHODS[action],
        {
            operationId: id,
            ...(parameters.length === 0 ? {} : { parameters }),
            ...(body === undefined
                ? {}
                : {
                    requestBody: {
                        content: contentOf(action === 'patch' ? PATCH_TYPES : ['*/*'], body),
                        ...(required && { required }),
                    },
                }),
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
