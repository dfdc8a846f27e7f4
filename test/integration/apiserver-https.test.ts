import { expect, it } from 'vitest';
import { loadProtobufCodec, type UnknownObject } from '../../src/apimachinery/index.ts';
import { typeTable } from '../../src/apis/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';
import { createTestCertificates } from '../harness/certificates.ts';
import { http1Transport, http2Transport, type HttpsOptions } from '../harness/https.ts';
import { testConfigMaps as configMaps } from '../harness/resources.ts';

const overHttp1 = http1Transport.send;
const overHttp2 = http2Transport.send;

const json = { 'content-type': 'application/json' };
const path = '/api/v1/namespaces/default/configmaps';

it.each([http1Transport, http2Transport])('serves objects over $name', async ({ send }) => {
  await using api = await startTestApiServer({ listen: true });
  const created = await send(api, path, {
    method: 'POST',
    headers: json,
    body: '{"metadata":{"name":"a"},"data":{"x":"1"}}',
  });
  expect(created.status).toBe(201);
  expect(created.headers['audit-id']).toBeDefined();
  expect(created.json()).toMatchObject({
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'a' },
    data: { x: '1' },
  });

  const list = await send(api, path);
  const { kind: _kind, apiVersion: _apiVersion, ...item } = created.json();
  expect(list.json()).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' });
  expect(list.json()['items']).toEqual([item]);
  const patched = await send(api, `${path}/a`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: '{"data":{"y":"2"}}',
  });
  expect(patched.json()).toMatchObject({ data: { x: '1', y: '2' } });
  const gone = await send(api, `${path}/a`, { method: 'DELETE' });
  expect(gone.json()).toMatchObject({ kind: 'Status', status: 'Success', details: { name: 'a', kind: 'configmaps' } });
  expect(gone.json()).not.toHaveProperty('code');
  expect((await send(api, `${path}/a`)).json()).toMatchObject({ code: 404, message: 'configmaps "a" not found' });
});

it.each([http1Transport, http2Transport])('knows who sends over $name', async ({ send }) => {
  await using api = await startTestApiServer({ listen: true });
  const who = async (options: HttpsOptions) => (await send(api, path, options)).json();
  expect(await who({ identity: null })).toMatchObject({ code: 401, message: 'Unauthorized' });
  expect(await who({ identity: await api.certificates.issue('jane') })).toMatchObject({ code: 403 });
  expect(await who({ headers: { authorization: 'Bearer nonsense' }, identity: null })).toMatchObject({
    code: 401,
    message: 'Unauthorized',
  });
  const foreign = await createTestCertificates();
  expect(await who({ identity: foreign.admin })).toMatchObject({ code: 401 });
  expect(await who({ headers: { 'impersonate-user': 'jane' } })).toMatchObject({ code: 403 });
  expect(await who({ headers: { 'impersonate-user': 'x', 'impersonate-group': 'system:masters' } })).toMatchObject({
    kind: 'ConfigMapList',
  });
});

it.each<[string, HttpsOptions & { path?: string }, number, string]>([
  [
    'malformed JSON',
    { method: 'POST', body: '{' },
    400,
    'the object provided is unrecognized (must be of type ConfigMap)',
  ],
  [
    'a wrong JSON type',
    { method: 'POST', body: '{"data":{"a":1}}' },
    400,
    'cannot be handled as a ConfigMap: json: cannot unmarshal number',
  ],
  [
    'another kind',
    { method: 'POST', body: '{"kind":"Secret","apiVersion":"v1"}' },
    400,
    'Secret in version "v1" cannot be handled as a ConfigMap',
  ],
  [
    'unknown and duplicate fields, strictly',
    {
      method: 'POST',
      path: `${path}?fieldValidation=Strict`,
      body: '{"metadata":{"name":"a","foo":1},"data":{},"data":{},"bar":2}',
    },
    400,
    'strict decoding error: duplicate field "data", unknown field "metadata.foo", unknown field "bar"',
  ],
  [
    'another namespace',
    { method: 'POST', body: '{"metadata":{"namespace":"x"}}' },
    400,
    'does not match the namespace sent on the request',
  ],
  [
    'another name',
    { method: 'PUT', path: `${path}/a`, body: '{"metadata":{"name":"b"}}' },
    400,
    'the name of the object (b) does not match the name on the URL (a)',
  ],
  [
    'a change of what is not there',
    { method: 'PUT', path: `${path}/a`, body: '{"metadata":{"name":"a"}}' },
    404,
    'configmaps "a" not found',
  ],
  ['an unknown resource', { path: '/api/v1/nonsense' }, 404, 'the server could not find the requested resource'],
  ['an unknown group', { path: '/apis/nonsense/v1/things' }, 404, '404 page not found'],
  [
    'a wrong verb',
    { method: 'PUT', body: '{}' },
    405,
    'the server does not allow this method on the requested resource',
  ],
  [
    'a form that there is not',
    { headers: { accept: 'image/png' } },
    406,
    'only the following media types are accepted',
  ],
  [
    'an unknown body',
    { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' },
    415,
    'accepted media types include: application/json',
  ],
  [
    'a version on a new object',
    { method: 'POST', body: '{"metadata":{"name":"a","resourceVersion":"7"}}' },
    400,
    'resourceVersion should not be set on objects to be created',
  ],
  ['a method that nobody serves', { method: 'OPTIONS' }, 405, 'the server does not allow this method'],
  ['a method that nobody knows', { method: 'PROPFIND' }, 405, 'the server does not allow this method'],
  ['a time limit that is none', { path: `${path}?timeout=soon` }, 400, 'invalid timeout specified in the request URL'],
  ['a version that is none', { path: `${path}/a?resourceVersion=x` }, 400, 'invalid resource version'],
  ['a version to come', { path: `${path}/a?resourceVersion=99` }, 504, 'Too large resource version: 99'],
  ['a part that is not served', { path: `${path}/a/exec` }, 404, 'requested resource: configmaps/exec is not served'],
  ['events in YAML', { path: `${path}?watch=1`, headers: { accept: 'application/yaml' } }, 406, 'application/json'],
  [
    'two ways to treat dependents',
    { method: 'DELETE', path: `${path}/a?propagationPolicy=Orphan&orphanDependents=true` },
    422,
    'orphanDependents and deletionPropagation cannot be both set',
  ],
  [
    'a list that is to take no number of seconds',
    { path: '/api/v1/namespaces/default/configmaps?timeoutSeconds=soon' },
    400,
    'strconv.ParseInt: parsing "soon": invalid syntax',
  ],
  [
    'an unknown way to treat dependents',
    { method: 'DELETE', path: `${path}/a?propagationPolicy=foo` },
    422,
    'propagationPolicy: Unsupported value: "foo": supported values: "Foreground", "Background", "Orphan", "nil"',
  ],
  [
    'force without apply',
    {
      method: 'PATCH',
      path: `${path}/a?force=true`,
      headers: { 'content-type': 'application/merge-patch+json' },
      body: '{}',
    },
    422,
    'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
  ],
  ['a path that is not encoded properly', { path: '/api/v1/nodes/%zz' }, 400, 'not encoded properly'],
  [
    'server-side apply of nobody',
    { method: 'PATCH', path: `${path}/a`, headers: { 'content-type': 'application/apply-patch+yaml' }, body: '{}' },
    422,
    'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  ],
  [
    'server-side apply of CBOR',
    { method: 'PATCH', path: `${path}/a`, headers: { 'content-type': 'application/apply-patch+cbor' }, body: '{}' },
    415,
    'server-side apply of CBOR (application/apply-patch+cbor) is not supported',
  ],
  ['a large body', { method: 'POST', body: `"${'x'.repeat(3 * 1024 * 1024)}"` }, 413, 'limit is 3145728'],
  [
    'a wrong dryRun',
    { method: 'POST', path: `${path}?dryRun=foo`, body: '{}' },
    422,
    'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["foo"]: supported values: "All"',
  ],
  [
    'sendInitialEvents of a list',
    { path: `${path}?sendInitialEvents=true` },
    422,
    'sendInitialEvents is forbidden for list',
  ],
  [
    'sendInitialEvents alone',
    { path: `${path}?watch=1&sendInitialEvents=true` },
    422,
    'requires setting resourceVersionMatch to NotOlderThan',
  ],
])('refuses %s', async (_name, { path: at = path, ...options }, code, message) => {
  await using api = await startTestApiServer({ listen: true });
  const refused = await overHttp1(api, at, { headers: options.method === undefined ? {} : json, ...options });
  expect(refused).toMatchObject({ status: code });
  expect(refused.body.replaceAll('\\"', '"')).toContain(message);
});

it('reads YAML and answers in YAML, as tables, as metadata', async () => {
  await using api = await startTestApiServer({ listen: true });
  const body = 'metadata:\n  name: a\n  labels: {l: m}\ndata: {x: "y"}\n';
  const headers = { 'content-type': 'application/yaml', accept: 'application/yaml' };
  const created = await overHttp1(api, path, { method: 'POST', headers, body });
  expect(created.headers['content-type']).toBe('application/yaml');
  expect(created.body).toContain('name: a\n');
  // An unquoted y is a boolean to Go.
  expect(created.body).toContain('x: "y"\n');

  const as = (form: string) => ({ headers: { accept: `application/json;as=${form};v=v1;g=meta.k8s.io` } });
  const table = await overHttp1(api, path, as('Table'));
  expect(table.json()).toMatchObject({
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    columnDefinitions: [{ name: 'Name', format: 'name', priority: 0 }, { name: 'Data' }],
    rows: [{ cells: ['a', 1], object: { kind: 'PartialObjectMetadata', metadata: { name: 'a' } } }],
  });
  const partial = await overHttp1(api, path, as('PartialObjectMetadataList'));
  expect(partial.json()).toMatchObject({
    kind: 'PartialObjectMetadataList',
    items: [{ kind: 'PartialObjectMetadata', metadata: { labels: { l: 'm' } } }],
  });
  expect(JSON.stringify(partial.json()['items'])).not.toContain('"data"');
});

it('reads protobuf bodies and answers them in JSON', async () => {
  await using api = await startTestApiServer({ listen: true });
  const codec = await loadProtobufCodec(typeTable);
  const meta = 'k8s.io/apimachinery/pkg/apis/meta/v1';
  const encode = (object: UnknownObject) =>
    Buffer.from(
      codec.encode(object, (_version, kind) =>
        kind === 'DeleteOptions' ? `${meta}.DeleteOptions` : `k8s.io/api/core/v1.${kind}`,
      ),
    );
  const headers = {
    'content-type': 'application/vnd.kubernetes.protobuf',
    accept: 'application/vnd.kubernetes.protobuf,application/json',
  };
  const send = (method: string, at: string, object: UnknownObject) =>
    overHttp2(api, at, { method, headers, body: encode({ apiVersion: 'v1', ...object }) });
  const created = await send('POST', path, { kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: '1' } });
  expect(created.headers['content-type']).toBe('application/json');
  expect(created.json()).toMatchObject({ metadata: { name: 'a' }, data: { x: '1' } });
  const other = await send('POST', path, { kind: 'Pod', metadata: { name: 'a' } });
  expect(other.json()['message']).toContain('cannot be handled as a ConfigMap');
  const kept = await send('DELETE', `${path}/a`, { kind: 'DeleteOptions', preconditions: { uid: 'zz' } });
  expect(kept.status).toBe(409);
  expect((await send('DELETE', `${path}/a`, { kind: 'DeleteOptions' })).json()).toMatchObject({ status: 'Success' });
});

it('refuses what a patch makes of an object as a fault of the patch', async () => {
  await using api = await startTestApiServer({ listen: true });
  await api.admin.create(configMaps, { metadata: { namespace: 'default', name: 'a' } });
  const patched = async (query: string, body: string, type = 'merge-patch+json') => {
    const headers = { 'content-type': `application/${type}` };
    const {
      status,
      body: text,
      headers: answered,
    } = await overHttp1(api, `${path}/a${query}`, { method: 'PATCH', headers, body });
    return { status, answer: JSON.parse(text) as unknown, warning: answered['warning'] };
  };
  const fault = 'Invalid value: "{\\"foo\\":1}": strict decoding error: unknown field "foo"';
  for (const type of ['merge-patch+json', 'strategic-merge-patch+json']) {
    expect(await patched('?fieldValidation=Strict', '{"foo":1}', type)).toMatchObject({
      status: 422,
      answer: { reason: 'Invalid', details: { causes: [{ field: 'patch', message: fault }] } },
    });
  }
  const mistyped = await patched('', '{"data":{"x":1}}');
  expect(mistyped).toMatchObject({ status: 422, answer: { reason: 'Invalid' } });
  expect(await patched('', '{"foo":1,"foo":2}')).toMatchObject({
    status: 200,
    warning: '299 - "duplicate field \\"foo\\"", 299 - "unknown field \\"foo\\""',
  });
  expect(await patched('?fieldValidation=Ignore', '{"foo":1}')).toMatchObject({ status: 200, warning: undefined });
});

it('warns of unknown fields and of what the kind finds odd', async () => {
  await using api = await startTestApiServer({ listen: true });
  const created = await overHttp1(api, '/apis/apps/v1/namespaces/default/deployments', {
    method: 'POST',
    headers: json,
    body: '{"metadata":{"name":"a"},"spec":{"paused":true,"foo":1,"template":null}}',
  });
  expect(created.headers['warning']).toBe(
    '299 - "unknown field \\"spec.foo\\"", 299 - "spec.paused: nothing will be rolled out"',
  );
  expect(created.json()['spec']).toEqual({ replicas: 1, paused: true, template: {} });
});

it('compresses large answers only', async () => {
  await using api = await startTestApiServer({ listen: true });
  const headers = { 'accept-encoding': 'gzip' };
  expect((await overHttp1(api, path, { headers })).headers['content-encoding']).toBeUndefined();
  await api.admin.create(configMaps, {
    metadata: { namespace: 'default', name: 'a' },
    data: { x: 'x'.repeat(200_000) },
  });
  expect((await overHttp1(api, path, { headers })).headers['content-encoding']).toBe('gzip');
});

it('scales through the scale subresource', async () => {
  await using api = await startTestApiServer({ listen: true });
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  await overHttp1(api, deployments, { method: 'POST', headers: json, body: '{"metadata":{"name":"a"},"spec":{}}' });
  const scale = (await overHttp1(api, `${deployments}/a/scale`)).json();
  expect(scale).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 1 } });
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  const table = (await overHttp1(api, `${deployments}/a/scale`, { headers: { accept } })).json();
  expect(table).toMatchObject({
    columnDefinitions: [{ name: 'Name' }, { name: 'Desired' }, { name: 'Available' }, { name: 'Age' }],
    rows: [{ cells: ['a', 1, 0, expect.any(String)] }],
  });
  const put = await overHttp1(api, `${deployments}/a/scale`, {
    method: 'PUT',
    body: JSON.stringify({ ...scale, spec: { replicas: 3 } }),
  });
  expect(put.json()).toMatchObject({ kind: 'Scale', spec: { replicas: 3 } });
  const stale = await overHttp1(api, `${deployments}/a/scale`, {
    method: 'PUT',
    body: JSON.stringify({ ...scale, spec: { replicas: 4 } }),
  });
  expect(stale.status).toBe(409);
  const scaleTo = (replicas: number) =>
    overHttp1(api, `${deployments}/a/scale`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/merge-patch+json' },
      body: JSON.stringify({ spec: { replicas } }),
    });
  expect((await scaleTo(0)).body).toContain('"spec":{},"status":{"replicas":0,"selector":"app=test"}');
  const patched = await scaleTo(-1);
  expect(patched.status).toBe(422);
  expect(patched.json()['message']).toContain('Scale.autoscaling "a" is invalid');
});

it('streams what a subresource has to tell', async () => {
  await using api = await startTestApiServer({ listen: true });
  await overHttp1(api, '/api/v1/namespaces/default/pods', {
    method: 'POST',
    headers: json,
    body: '{"metadata":{"name":"a"},"spec":{}}',
  });
  const log = await overHttp2(api, '/api/v1/namespaces/default/pods/a/log');
  expect(log.headers['content-type']).toBe('text/plain');
  expect(log.body).toBe('hello from a\n');
});

it('is discovered both ways, checked, measured', async () => {
  await using api = await startTestApiServer({ listen: true, gitVersion: 'v1.36.2+koinon' });
  const get = (at: string, accept = 'application/json') => overHttp2(api, at, { headers: { accept } });
  expect((await get('/version')).json()).toMatchObject({ major: '1', minor: '36', gitVersion: 'v1.36.2+koinon' });
  expect((await get('/api')).json()).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
  expect((await get('/apis')).json()).toMatchObject({ kind: 'APIGroupList', groups: [{ name: 'apps' }] });
  expect((await get('/apis/apps')).json()).toMatchObject({
    kind: 'APIGroup',
    preferredVersion: { groupVersion: 'apps/v1' },
  });
  const resources = (await get('/apis/apps/v1')).json()['resources'];
  expect(resources).toContainEqual(
    expect.objectContaining({ name: 'deployments/scale', kind: 'Scale', group: 'autoscaling' }),
  );

  const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
  const discovered = await get('/apis', aggregated);
  expect(discovered.headers['content-type']).toBe(
    'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  );
  expect(discovered.json()).toMatchObject({
    kind: 'APIGroupDiscoveryList',
    items: [
      {
        metadata: { name: 'apps' },
        versions: [{ version: 'v1', resources: [{ resource: 'deployments', scope: 'Namespaced' }] }],
      },
    ],
  });

  expect((await get('/readyz')).body).toBe('ok');
  expect((await get('/readyz?verbose')).body).toContain('[+]storage ok\n');
  expect((await get('/readyz/ping')).body).toBe('ok');
  const metrics = (await get('/metrics')).body;
  expect(metrics).toContain(
    'apiserver_request_total{verb="GET",group="",version="",resource="",subresource="",scope="",code="200"}',
  );
});
