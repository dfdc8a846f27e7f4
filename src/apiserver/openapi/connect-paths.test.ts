import { expect, it } from 'vitest';
import { pods, typeTable, withSubresources } from '../../apis/index.ts';
import type { Connection } from '../streaming/connection.ts';
import { createOpenApiV2 } from './open-api-v2.ts';
import { createOpenApiV3 } from './open-api-v3.ts';

const never = (): Promise<Connection> => Promise.reject(new Error('nobody connects'));
const part = { type: 'connect', connect: never } as const;
const connected = withSubresources(pods, [
  { ...part, name: 'log', queryType: 'PodLogOptions' },
  { ...part, name: 'exec', verbs: ['create', 'get'], optionsKind: 'PodExecOptions' },
  { ...part, name: 'portforward', verbs: ['create', 'get'], optionsKind: 'PodPortForwardOptions' },
  {
    ...part,
    name: 'proxy',
    verbs: ['create', 'delete', 'get', 'patch', 'update'],
    optionsKind: 'PodProxyOptions',
    takesPath: true,
  },
]);

interface Operation {
  readonly operationId: string;
  readonly 'x-kubernetes-action': string;
  readonly 'x-kubernetes-group-version-kind': { readonly kind: string };
  readonly parameters?: readonly { readonly name: string; readonly schema: { readonly type: string } }[];
}

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

const documents = createOpenApiV3([connected], typeTable);
// @NOTE the text was made of such a document.
const { paths } = JSON.parse(documents.document('api/v1')?.text ?? '') as { readonly paths: Paths };
const pathOf = (subresource: string) => `/api/v1/namespaces/{namespace}/pods/{name}/${subresource}`;

/** The operations of a path, by method. */
function operationsAt(subresource: string): Readonly<Record<string, Operation>> {
  const { parameters: _parameters, ...operations } = paths[pathOf(subresource)] ?? {};
  return operations;
}

it.each([
  ['log', ['get']],
  ['exec', ['get', 'post']],
  ['portforward', ['get', 'post']],
  ['proxy', ['delete', 'get', 'head', 'patch', 'post', 'put']],
  ['proxy/{path}', ['delete', 'get', 'head', 'patch', 'post', 'put']],
])('pods/%s is published with all its methods', (subresource, methods) => {
  expect(Object.keys(operationsAt(subresource)).sort()).toEqual(methods);
});

it.each([
  ['exec', 'post', 'connectCoreV1PostNamespacedPodExec', 'PodExecOptions'],
  ['proxy', 'put', 'connectCoreV1PutNamespacedPodProxy', 'PodProxyOptions'],
  ['proxy/{path}', 'head', 'connectCoreV1HeadNamespacedPodProxyWithPath', 'PodProxyOptions'],
])('pods/%s is connected to by %s', (subresource, method, operationId, kind) => {
  expect(operationsAt(subresource)[method]).toMatchObject({
    operationId,
    'x-kubernetes-action': 'connect',
    'x-kubernetes-group-version-kind': { kind },
  });
});

it('says what the query may hold', () => {
  const query = (subresource: string) =>
    operationsAt(subresource)['get']?.parameters?.map(({ name, schema }) => `${name} ${schema.type}`);
  expect(query('exec')?.sort()).toEqual([
    'command string',
    'container string',
    'stderr boolean',
    'stdin boolean',
    'stdout boolean',
    'tty boolean',
  ]);
  expect(query('portforward')).toEqual(['ports integer']);
  expect(query('proxy')).toEqual(['path string']);
  expect(query('log')).toContain('tailLines integer');
});

it('says the same in version 2', () => {
  // @NOTE as above.
  const v2 = JSON.parse(createOpenApiV2(documents, 'v1.36.0').json().toString()) as { readonly paths: Paths };
  const { parameters: _parameters, ...methods } = v2.paths[pathOf('proxy/{path}')] ?? {};
  expect(Object.keys(methods).sort()).toEqual(['delete', 'get', 'head', 'patch', 'post', 'put']);
  expect(createOpenApiV2(documents, 'v1.36.0').protobuf().length).toBeGreaterThan(0);
});
