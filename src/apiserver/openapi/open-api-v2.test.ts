import { expect, it } from 'vitest';
import { deployments, pods, typeTable } from '../../apis/index.ts';
import { createOpenApiV2 } from './open-api-v2.ts';
import { createOpenApiV3 } from './open-api-v3.ts';
import { definitionV2 } from './schema-v2.ts';

const documents = createOpenApiV2(createOpenApiV3([pods, deployments], typeTable), 'v1.36.0');

function read(): { readonly paths: Record<string, never>; readonly definitions: Record<string, never> } {
  // @NOTE the test looks at what it needs of it.
  return JSON.parse(documents.json().toString()) as never;
}

it('is one document for all groups', () => {
  const { paths } = read();
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining(['/api/v1/pods', '/apis/apps/v1/namespaces/{namespace}/deployments/{name}']),
  );
});

it('says what a request carries as version 2 does', () => {
  expect(read().paths['/api/v1/namespaces/{namespace}/pods/{name}']).toMatchObject({
    parameters: [
      { name: 'namespace', in: 'path', required: true, type: 'string' },
      { name: 'name', in: 'path', required: true, type: 'string' },
    ],
    patch: {
      consumes: expect.arrayContaining(['application/strategic-merge-patch+json']) as unknown,
      parameters: expect.arrayContaining([
        expect.objectContaining({ name: 'body', in: 'body', required: true }),
        expect.objectContaining({ name: 'dryRun', in: 'query', type: 'string' }),
      ]) as unknown,
      responses: { 200: { description: 'OK', schema: { $ref: '#/definitions/io.k8s.api.core.v1.Pod' } } },
      'x-kubernetes-action': 'patch',
    },
  });
});

it('keeps kinds, merge keys and references, and gives types with a choice their old form', () => {
  const { definitions } = read();
  expect(definitions['io.k8s.api.core.v1.Pod']).toMatchObject({
    'x-kubernetes-group-version-kind': [{ group: '', kind: 'Pod', version: 'v1' }],
    properties: { spec: { $ref: '#/definitions/io.k8s.api.core.v1.PodSpec' } },
  });
  expect(definitions['io.k8s.api.core.v1.PodSpec']).toMatchObject({
    properties: { containers: { 'x-kubernetes-patch-merge-key': 'name', 'x-kubernetes-patch-strategy': 'merge' } },
  });
  expect(definitions['io.k8s.apimachinery.pkg.api.resource.Quantity']).toEqual({ type: 'string' });
  expect(JSON.stringify(definitions)).not.toMatch(/"(oneOf|anyOf|allOf|nullable)"/);
});

it('tells what the fields of metadata are', () => {
  expect(read().definitions['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta']).toMatchObject({
    properties: {
      creationTimestamp: { description: expect.stringContaining('CreationTimestamp is a timestamp') as unknown },
    },
  });
});

const kinds = [{ group: 'example.com', version: 'v1', kind: 'Thing' }];
const open = 'x-kubernetes-preserve-unknown-fields';

it.each<[string, object, object]>([
  [
    'an object of any fields has no listed ones',
    {
      type: 'object',
      [open]: true,
      properties: { kind: { type: 'string' } },
      'x-kubernetes-group-version-kind': kinds,
    },
    { type: 'object', 'x-kubernetes-group-version-kind': kinds },
  ],
  [
    'a field of any fields has no type',
    { type: 'object', properties: { spec: { type: 'object', description: 'Any.', [open]: true } } },
    { type: 'object', properties: { spec: { description: 'Any.', [open]: true } } },
  ],
  [
    'what may be null has no type and is not required',
    {
      type: 'object',
      required: ['a', 'b'],
      properties: { a: { type: 'object', nullable: true, properties: {} }, b: {} },
    },
    { type: 'object', required: ['b'], properties: { a: {}, b: {} } },
  ],
  ['a list of anything has no type', { type: 'array', items: {}, [open]: true }, { [open]: true }],
  ['choices are left to the server', { type: 'string', allOf: [{ minLength: 1 }], anyOf: [{}] }, { type: 'string' }],
])('gives custom resources what clients of version 2 understand: %s', (_what, schema, expected) => {
  expect(definitionV2('', { ...schema })).toEqual(expected);
});
