import { afterAll, describe, expect, it } from 'vitest';
import { clusterRoleBindings, clusterRoles } from '../../src/apis/index.ts';
import { issueClientCertificate } from '../../src/pki/index.ts';
import { http1Transport, http2Transport } from '../harness/https.ts';
import { hasKubectl, kubectlFor } from '../harness/kubectl.ts';
import { startKubectlMember } from '../harness/kubectl-member.ts';

describe('whoever may be somebody else', async () => {
  const member = await startKubectlMember({ nodes: 0 });
  afterAll(() => member[Symbol.asyncDispose]());
  const review = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' });
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

  it.each([http1Transport, http2Transport])('is whom the headers name, to the letter: $name', async ({ send }) => {
    const headers = {
      'content-type': 'application/json',
      'impersonate-user': 'Doe, John',
      'impersonate-group': 'cn=admins,dc=example',
      'impersonate-uid': '42',
      'impersonate-extra-acme.com%2Fscope': 'a, b',
    };
    const answer = await send(member, path, { method: 'POST', body: review, headers });
    expect(answer.json()['status']).toEqual({
      userInfo: {
        username: 'Doe, John',
        uid: '42',
        groups: ['cn=admins,dc=example', 'system:authenticated'],
        extra: { 'acme.com/scope': ['a, b'] },
      },
    });
  });

  it.runIf(hasKubectl())('is so to kubectl, part by part as roles allow', async () => {
    const { client } = member.cluster;
    await using admin = await kubectlFor(member);
    const args = ['--as=jürgen', '--as-group=dev', '--as-group=ops, too', '--as-uid=7', 'auth', 'whoami', '-ojson'];
    const whoAmI = JSON.parse((await admin.run(args)).stdout) as { status: { userInfo: unknown } };
    expect(whoAmI.status.userInfo).toEqual({
      username: 'jürgen',
      uid: '7',
      groups: ['dev', 'ops, too', 'system:authenticated'],
    });

    const rules = [
      { apiGroups: [''], resources: ['users'], resourceNames: ['jane'], verbs: ['impersonate'] },
      { apiGroups: [''], resources: ['groups'], resourceNames: ['dev'], verbs: ['impersonate'] },
      { apiGroups: ['authentication.k8s.io'], resources: ['uids'], resourceNames: ['7'], verbs: ['impersonate'] },
      { apiGroups: ['authentication.k8s.io'], resources: ['userextras/scope'], verbs: ['impersonate'] },
    ];
    await client.create(clusterRoles, { metadata: { name: 'impersonator' }, rules });
    await client.create(clusterRoleBindings, {
      metadata: { name: 'impersonator' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'impersonator' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ann' }],
    });
    const identity = await issueClientCertificate(member.authority, { commonName: 'ann', organizations: [] });
    const as = async (headers: Readonly<Record<string, string>>) => {
      const all = { 'content-type': 'application/json', ...headers };
      const answer = await http2Transport.send(member, path, { method: 'POST', body: review, headers: all, identity });
      return { status: answer.status, message: answer.json()['message'] };
    };
    const jane = { 'impersonate-user': 'jane' };
    await expect.poll(async () => (await as(jane)).status).toBe(201);
    const whole = { ...jane, 'impersonate-group': 'dev', 'impersonate-uid': '7', 'impersonate-extra-scope': 'x' };
    expect((await as(whole)).status).toBe(201);
    const about = 'User "ann" cannot impersonate resource';
    expect(await as({ ...jane, 'impersonate-group': 'ops' })).toEqual({
      status: 403,
      message: `groups "ops" is forbidden: ${about} "groups" in API group "" at the cluster scope`,
    });
    expect(await as({ ...jane, 'impersonate-uid': '8' })).toEqual({
      status: 403,
      message: `uids.authentication.k8s.io "8" is forbidden: ${about} "uids" in API group "authentication.k8s.io" at the cluster scope`,
    });
    expect(await as({ ...jane, 'impersonate-extra-other': 'x' })).toEqual({
      status: 403,
      message: `userextras.authentication.k8s.io "x" is forbidden: ${about} "userextras/other" in API group "authentication.k8s.io" at the cluster scope`,
    });
    expect((await as({ 'impersonate-user': 'system:admin' })).status).toBe(403);
  });
});
