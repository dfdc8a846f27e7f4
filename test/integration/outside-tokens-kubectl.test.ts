import { afterAll, describe, expect, it } from 'vitest';
import { startFederation } from '../../federation/control-plane/index.ts';
import { readAuthenticationConfiguration } from '../../src/apiserver/index.ts';
import { systemClock } from '../../src/component-base/index.ts';
import { issueClientCertificate, issueServingCertificate } from '../../src/pki/index.ts';
import { createMemoryStorage } from '../../src/storage/index.ts';
import { hasKubectl, kubectlFor, type KubectlServer } from '../harness/kubectl.ts';
import { startKubectlMember } from '../harness/kubectl-member.ts';
import { memberCertificates } from '../harness/member-cluster.ts';
import { startTokenIssuer } from '../harness/token-issuer.ts';

async function startKubectlFederation(
  options: Pick<Parameters<typeof startFederation>[0], 'authentication'>,
): Promise<KubectlServer & AsyncDisposable> {
  const { ca } = await memberCertificates();
  const serving = await issueServingCertificate(ca, { commonName: 'fed', hosts: ['127.0.0.1'] });
  const admin = await issueClientCertificate(ca, { commonName: 'admin', organizations: ['system:masters'] });
  const federation = await startFederation({
    name: 'fed',
    dnsDomain: 'example.com',
    storage: createMemoryStorage({ clock: systemClock }),
    serving: { host: '127.0.0.1', port: 0, ...serving, clientCa: ca.certificate },
    ...options,
  });
  return {
    url: federation.url,
    certificates: { ca: ca.certificate, admin },
    [Symbol.asyncDispose]: () => federation[Symbol.asyncDispose](),
  };
}

describe.skipIf(!hasKubectl())('users of an issuer outside', async () => {
  const issuer = await startTokenIssuer();
  afterAll(() => issuer[Symbol.asyncDispose]());
  const rules = await readAuthenticationConfiguration(`
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
- issuer:
    url: ${issuer.url}
    audiences: [koinon]
    certificateAuthority: ${JSON.stringify(issuer.ca)}
  claimMappings:
    username: { claim: email, prefix: "" }
    groups: { expression: 'claims.?teams.orValue([]).map(t, "team:" + t)' }
    uid: { claim: sub }
    extra:
    - { key: example.org/tenant, valueExpression: claims.tenant }
  userValidationRules:
  - { expression: "!user.username.startsWith('system:')", message: names of the system are its own }
`);

  it.each([
    ['a member', () => startKubectlMember({ nodes: 0, authentication: { rules } })],
    ['the federation', () => startKubectlFederation({ authentication: { rules } })],
  ])('%s knows them, and what they may do', async (_, startServer) => {
    await using server = await startServer();
    await using kubectl = await kubectlFor(server);
    const be = async (claims: object) => {
      const token = await issuer.token({ aud: 'koinon', sub: '42', tenant: 'acme', ...claims });
      await kubectl.out(`config set-credentials ann --token=${token}`);
    };
    await be({ email: 'ann@example.org', email_verified: true, teams: ['dev'] });
    const whoAmI = JSON.parse(await kubectl.out('--user=ann auth whoami -o json')) as { status: { userInfo: unknown } };
    expect(whoAmI.status.userInfo).toEqual({
      username: 'ann@example.org',
      uid: '42',
      groups: ['team:dev', 'system:authenticated'],
      extra: { 'example.org/tenant': ['acme'] },
    });
    const refused = await kubectl.run(['--user=ann', 'get', 'configmaps']);
    expect(refused.stderr).toContain('configmaps is forbidden: User "ann@example.org" cannot list resource');
    await kubectl.out('create rolebinding devs --clusterrole=view --group=team:dev');
    await expect.poll(async () => (await kubectl.run(['--user=ann', 'get', 'configmaps'])).code).toBe(0);

    issuer.rotate();
    const unauthorized = 'You must be logged in to the server';
    await be({ email: 'ann@example.org', email_verified: false });
    expect((await kubectl.run(['--user=ann', 'get', 'configmaps'])).stderr).toContain(unauthorized);
    await be({ email: 'system:admin' });
    expect((await kubectl.run(['--user=ann', 'get', 'configmaps'])).stderr).toContain(unauthorized);
  });
});
