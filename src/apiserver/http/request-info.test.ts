import { expect, it } from 'vitest';
import { resourceInfo } from './request-info.ts';

const parse = (method: string, url: string) => {
  const [path = '', query = ''] = url.split('?');
  const info = resourceInfo(method, path, new URLSearchParams(query));
  if (info === undefined) return undefined;
  const { verb, group, version, plural, namespace, name, subresource } = info;
  return [verb, `${group}/${version}`, plural, namespace, name, subresource]
    .filter((part) => part !== undefined)
    .join(' ');
};

it.each([
  ['GET', '/api/v1/pods', 'list /v1 pods'],
  ['GET', '/api/v1/pods?watch=true', 'watch /v1 pods'],
  ['GET', '/api/v1/pods?watch=0', 'list /v1 pods'],
  ['GET', '/api/v1/namespaces/ns/pods', 'list /v1 pods ns'],
  ['GET', '/api/v1/namespaces/ns/pods/a', 'get /v1 pods ns a'],
  ['GET', '/api/v1/namespaces/ns/pods/a/log', 'get /v1 pods ns a log'],
  ['GET', '/api/v1/watch/namespaces/ns/pods', 'watch /v1 pods ns'],
  [
    'GET',
    '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode',
    'get rbac.authorization.k8s.io/v1 clusterroles system:node',
  ],
  ['GET', '/api/v1/namespaces', 'list /v1 namespaces'],
  ['GET', '/api/v1/namespaces/ns', 'get /v1 namespaces ns'],
  ['PUT', '/api/v1/namespaces/ns/finalize', 'update /v1 namespaces ns finalize'],
  ['PATCH', '/api/v1/namespaces/ns/status', 'patch /v1 namespaces ns status'],
  ['POST', '/apis/apps/v1/namespaces/ns/deployments', 'create apps/v1 deployments ns'],
  ['DELETE', '/apis/apps/v1/namespaces/ns/deployments', 'deletecollection apps/v1 deployments ns'],
  ['DELETE', '/apis/apps/v1/namespaces/ns/deployments/a', 'delete apps/v1 deployments ns a'],
])('reads %s %s', (method, url, expected) => {
  expect(parse(method, url)).toBe(expected);
});

it.each(['/', '/healthz', '/api', '/api/v1', '/apis/apps', '/apis/apps/v1', '/apis/apps/v1/', '/openapi/v3/api/v1'])(
  'sees no resource in %s',
  (path) => {
    expect(parse('GET', path)).toBeUndefined();
  },
);

it('refuses a segment that is not encoded properly', () => {
  expect(() => parse('GET', '/api/v1/nodes/%zz')).toThrow('not encoded properly');
});
