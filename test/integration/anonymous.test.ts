import { afterAll, describe, expect, it } from 'vitest';
import { readAuthenticationConfiguration } from '../../src/apiserver/index.ts';
import { http1Transport, http2Transport, type HttpsOptions } from '../harness/https.ts';
import { startKubectlMember } from '../harness/kubectl-member.ts';

const HEALTH = ['/healthz', '/livez', '/readyz', '/livez/ping', '/readyz?verbose'];
const CLOSED = [
  '/',
  '/api',
  '/api/v1',
  '/api/v1/namespaces',
  '/api/v1/namespaces/kube-public/configmaps/cluster-info',
  '/apis',
  '/apis/apps/v1/deployments',
  '/openapi/v2',
  '/openapi/v3',
  '/metrics',
  '/livezebra',
  '/.well-known/openid-configuration',
  '/openid/v1/jwks',
  '/logs',
  '/no-such-path',
];
const UNAUTHORIZED = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'Unauthorized',
  reason: 'Unauthorized',
  code: 401,
};
const nobody: HttpsOptions = { identity: null };

describe('without a word in the configuration', async () => {
  const member = await startKubectlMember({ nodes: 0 });
  afterAll(() => member[Symbol.asyncDispose]());

  it('who shows nothing learns of health, and of nothing else', async () => {
    for (const path of HEALTH) {
      const { status } = await http1Transport.send(member, path, nobody);
      expect([path, status]).toEqual([path, 200]);
    }
    for (const path of ['/version', ...CLOSED]) {
      const answer = await http1Transport.send(member, path, nobody);
      expect([path, answer.status, answer.json()]).toEqual([path, 401, UNAUTHORIZED]);
    }
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const { status } = await http1Transport.send(member, '/api/v1/namespaces/default/configmaps/a', {
        ...nobody,
        method,
      });
      expect([method, status]).toEqual([method, 401]);
    }
  });

  it.each([http1Transport, http2Transport])('a bad token is no token at all: $name', async ({ send }) => {
    for (const path of ['/livez', '/api']) {
      const answer = await send(member, path, { ...nobody, headers: { authorization: 'Bearer bad' } });
      expect([answer.status, answer.json()]).toEqual([401, UNAUTHORIZED]);
      expect(answer.headers['content-type']).toBe('application/json');
      expect(answer.headers['www-authenticate']).toBeUndefined();
    }
  });
});

it('who shows nothing is somebody where the configuration lets everybody be', async () => {
  const rules = await readAuthenticationConfiguration(
    JSON.stringify({
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'AuthenticationConfiguration',
      anonymous: { enabled: true },
    }),
  );
  await using member = await startKubectlMember({ nodes: 0, authentication: { rules } });
  for (const path of ['/version', ...HEALTH]) {
    expect([path, (await http1Transport.send(member, path, nobody)).status]).toEqual([path, 200]);
  }
  for (const path of CLOSED) {
    const answer = await http1Transport.send(member, path, nobody);
    expect([path, answer.status]).toEqual([path, 403]);
    expect(answer.json()['message']).toContain('User "system:anonymous" cannot');
  }
});

it('who shows nothing is turned away where the configuration does not let him be', async () => {
  const rules = await readAuthenticationConfiguration(
    JSON.stringify({
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'AuthenticationConfiguration',
      anonymous: { enabled: true, conditions: [{ path: '/livez' }, { path: '/readyz' }] },
    }),
  );
  await using member = await startKubectlMember({ nodes: 0, authentication: { rules } });
  const ask = (path: string, options: HttpsOptions = nobody) => http1Transport.send(member, path, options);
  for (const path of ['/livez', '/readyz', '/livez?verbose'])
    expect([path, (await ask(path)).status]).toEqual([path, 200]);
  for (const path of ['/healthz', '/livez/ping', '/version', ...CLOSED]) {
    const answer = await ask(path);
    expect([path, answer.status, answer.json()]).toEqual([path, 401, UNAUTHORIZED]);
    expect(answer.headers['www-authenticate']).toBeUndefined();
  }
  expect((await ask('/version', {})).status).toBe(200);
});
