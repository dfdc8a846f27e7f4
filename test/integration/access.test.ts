import { generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import {
  configMaps,
  roleBindings,
  roles,
  selfSubjectAccessReviews,
  selfSubjectReviews,
  selfSubjectRulesReviews,
  serviceAccounts,
  subjectAccessReviews,
  tokenReviews,
  type RoleBinding,
  type TokenRequest,
} from '../../src/apis/index.ts';
import { createServiceAccountTokens, serviceAccountAuthenticator } from '../../src/apiserver/index.ts';
import { createRemoteClient } from '../../src/client/index.ts';
import { silentLogger, start, systemClock } from '../../src/component-base/index.ts';
import { createInformer } from '../../src/controller/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';
import { startTestMember } from '../harness/member-cluster.ts';
import { testConfigMaps, testResources } from '../harness/resources.ts';

const ACCOUNTS = 'system:serviceaccounts';

describe('in a member cluster', async () => {
  const member = await startTestMember({ nodes: 0 });
  afterAll(() => member[Symbol.asyncDispose]());
  const { client } = member;
  const rbac = 'rbac.authorization.k8s.io';

  const bindingOf = (name: string, role: string, subject: string): Omit<RoleBinding, 'apiVersion' | 'kind'> => ({
    metadata: { namespace: 'default', name },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: rbac, kind: 'User', name: subject }],
  });

  const maySee = async (username: string) => {
    const resourceAttributes = { namespace: 'default', verb: 'list', resource: 'configmaps' };
    const review = await client.create(subjectAccessReviews, {
      metadata: {},
      spec: { user: username, resourceAttributes },
    });
    return review.status?.allowed;
  };

  it('an administrator of a namespace hands on what he has, and no more', async () => {
    const anna = member.server.client({ username: 'anna', groups: [] });
    await client.create(roleBindings, bindingOf('anna', 'admin', 'anna'));
    await expect.poll(() => maySee('anna')).toBe(true);

    expect(await maySee('ben')).toBe(false);
    await anna.create(roleBindings, bindingOf('ben', 'view', 'ben'));
    await expect.poll(() => maySee('ben')).toBe(true);

    const notHeld = 'attempting to grant RBAC permissions not currently held';
    await expect(anna.create(roleBindings, bindingOf('more', 'cluster-admin', 'anna'))).rejects.toThrow(notHeld);
    const rules = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
    const role = { metadata: { namespace: 'default', name: 'more' }, rules };
    await expect(anna.create(roles, role)).rejects.toThrow(notHeld);
    const small = await anna.create(roles, {
      ...role,
      rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
    });
    await expect(anna.update(roles, { ...small, rules })).rejects.toThrow(notHeld);
  });

  it('whoever asks learns who he is and what he may do', async () => {
    const carl = member.server.client({ username: 'carl', groups: ['dev'] });
    const me = await carl.create(selfSubjectReviews, { metadata: {} });
    expect(me.status?.userInfo).toMatchObject({ username: 'carl', groups: ['dev', 'system:authenticated'] });

    await client.create(roleBindings, bindingOf('carl', 'view', 'carl'));
    await expect.poll(() => maySee('carl')).toBe(true);
    const ask = async (verb: string) => {
      const resourceAttributes = { namespace: 'default', verb, resource: 'configmaps' };
      return (await carl.create(selfSubjectAccessReviews, { metadata: {}, spec: { resourceAttributes } })).status
        ?.allowed;
    };
    expect([await ask('get'), await ask('delete')]).toEqual([true, false]);
    const all = await carl.create(selfSubjectRulesReviews, { metadata: {}, spec: { namespace: 'default' } });
    const forConfigMaps = all.status?.resourceRules.filter(({ resources }) => resources?.includes('configmaps'));
    expect(forConfigMaps?.flatMap(({ verbs }) => verbs)).toEqual(['get', 'list', 'watch']);
    expect(all.status?.nonResourceRules.flatMap(({ nonResourceURLs = [] }) => nonResourceURLs)).toContain('/version');
  });

  it('an account gets tokens, which are good for what they were made for', async () => {
    const key = { namespace: 'default', name: 'robot' };
    const account = await client.create(serviceAccounts, { metadata: key });
    const request = async (spec: NonNullable<TokenRequest['spec']>) => {
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec };
      return (await client.createSubresource<TokenRequest>(serviceAccounts, key, 'token', body)).status?.token ?? '';
    };
    const review = async (token: string, audiences?: readonly string[]) =>
      (
        await client.create(tokenReviews, {
          metadata: {},
          spec: { token, ...(audiences === undefined ? {} : { audiences }) },
        })
      ).status;
    expect(await review(await request({}))).toMatchObject({
      authenticated: true,
      user: {
        username: 'system:serviceaccount:default:robot',
        uid: account.metadata.uid,
        groups: expect.arrayContaining(['system:serviceaccounts', 'system:serviceaccounts:default']) as unknown,
      },
    });
    expect((await review(await request({ audiences: ['vault'] })))?.authenticated).toBeUndefined();
    const forVault = await request({ audiences: ['vault', 'bank'] });
    expect(await review(forVault, ['vault', 'safe'])).toMatchObject({ authenticated: true, audiences: ['vault'] });
    expect((await review(forVault, ['safe']))?.authenticated).toBeUndefined();
    expect((await review('abc'))?.authenticated).toBeUndefined();
    const orphan = await request({});
    await client.delete(serviceAccounts, key);
    expect((await review(orphan))?.authenticated).toBeUndefined();
  });
});

it('whoever accounts show their tokens to verifies them with the published keys', async () => {
  await using member = await startTestMember({ nodes: 0 });
  const key = { namespace: 'default', name: 'robot' };
  await member.client.create(serviceAccounts, { metadata: key });
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec: {} };
  const asked = await member.client.createSubresource<TokenRequest>(serviceAccounts, key, 'token', body);
  const robot = member.server.client({ username: 'system:serviceaccount:default:robot', groups: [ACCOUNTS] });

  // @NOTE as OpenID Connect Discovery 1.0 has it.
  const found = JSON.parse(await robot.raw('/.well-known/openid-configuration')) as Record<string, string>;
  // @NOTE as RFC 7517 has it; jose refuses what is not.
  const keys = JSON.parse(await robot.raw(new URL(found['jwks_uri'] ?? '').pathname)) as JSONWebKeySet;
  const { payload } = await jwtVerify(asked.status?.token ?? '', createLocalJWKSet(keys), {
    issuer: found['issuer'] ?? '',
  });
  expect(payload.sub).toBe('system:serviceaccount:default:robot');
  const someone = member.server.client({ username: 'carl', groups: [] });
  await expect(someone.raw('/openid/v1/jwks')).rejects.toMatchObject({ code: 403 });
});

it('a token carries an account over HTTPS, and an informer follows what it may see', async () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const tokens = createServiceAccountTokens({
    key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    clock: systemClock,
  });
  await using server = await startTestApiServer({
    listen: true,
    resources: [...testResources, serviceAccounts],
    authenticators: (own) => [serviceAccountAuthenticator({ tokens, own, clock: systemClock })],
    authorizer:
      () =>
      async ({ user }) => ({
        allowed: user.groups.includes('system:masters') || user.username === 'system:serviceaccount:default:robot',
      }),
  });
  const account = await server.admin.create(serviceAccounts, { metadata: { namespace: 'default', name: 'robot' } });
  const subject = { namespace: 'default', name: 'robot', uid: account.metadata.uid ?? '' };
  const { token } = await tokens.issue(subject, { expiresInSeconds: 600 });
  const ca = server.certificates.ca;
  await using client = createRemoteClient({ server: server.url, ca, credentials: { token } });
  await using stranger = createRemoteClient({ server: server.url, ca, credentials: { token: `${token}x` } });
  await expect(stranger.list(configMaps)).rejects.toMatchObject({ code: 401 });

  const informer = createInformer(client, testConfigMaps, { clock: systemClock, log: silentLogger });
  const seen: string[] = [];
  informer.onEvent(({ type, key }) => seen.push(`${type} ${key}`));
  const metadata = { namespace: 'default', name: 'a' };
  await server.admin.create(testConfigMaps, { metadata });
  await using _running = await start([informer]);
  expect(informer.connected).toBe(true);
  await server.admin.patch(testConfigMaps, metadata, { type: 'merge', patch: { data: { x: '1' } } });
  await server.admin.delete(testConfigMaps, metadata);
  await expect.poll(() => seen).toEqual(['add default/a', 'update default/a', 'delete default/a']);
});
