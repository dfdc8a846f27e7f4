import { afterAll, describe, expect, it } from 'vitest';
import { startFederation } from '../../federation/control-plane/index.ts';
import { namespaces, secrets, tokenReviews } from '../../src/apis/index.ts';
import { createRemoteClient } from '../../src/client/index.ts';
import { systemClock } from '../../src/component-base/index.ts';
import { createMemoryStorage } from '../../src/storage/index.ts';
import { issueServingCertificate } from '../../src/pki/index.ts';
import { memberCertificates, startTestMember } from '../harness/member-cluster.ts';

const tokenFile = 'let-me-in,ann,1,"system:masters"\n';

describe('in a member cluster', async () => {
  const member = await startTestMember({ nodes: 0, tokenFile });
  afterAll(() => member[Symbol.asyncDispose]());
  const { client } = member;
  const review = async (token: string) => (await client.create(tokenReviews, { metadata: {}, spec: { token } })).status;

  const bootstrapToken = async (id: string, fields: Readonly<Record<string, string>> = {}) => {
    const stringData = {
      'token-id': id,
      'token-secret': '0123456789abcdef',
      'usage-bootstrap-authentication': 'true',
      ...fields,
    };
    const metadata = { namespace: 'kube-system', name: `bootstrap-token-${id}` };
    await client.create(secrets, { metadata, type: 'bootstrap.kubernetes.io/token', stringData });
    return `${id}.0123456789abcdef`;
  };

  it('knows a user of the token file', async () => {
    expect(await review('let-me-in')).toMatchObject({ authenticated: true, user: { username: 'ann', uid: '1' } });
    expect(await review('let-me-out')).toEqual({ user: {}, error: 'invalid bearer token' });
  });

  it('knows a node that joins by its token, as long as that is whole and not over', async () => {
    const soon = new Date(systemClock.now() + 3_600_000).toISOString();
    const groups = 'system:bootstrappers:kubeadm:default-node-token';
    const token = await bootstrapToken('aaaaaa', { expiration: soon, 'auth-extra-groups': groups });
    expect(await review(token)).toMatchObject({
      authenticated: true,
      user: {
        username: 'system:bootstrap:aaaaaa',
        groups: ['system:bootstrappers', groups, 'system:authenticated'],
      },
    });
    expect(await review('aaaaaa.0123456789abcdee')).toEqual({ user: {}, error: 'invalid bearer token' });
    const forSigning = await bootstrapToken('bbbbbb', { 'usage-bootstrap-authentication': 'false' });
    expect(await review(forSigning)).toEqual({ user: {}, error: 'invalid bearer token' });
    const master = await bootstrapToken('cccccc', { 'auth-extra-groups': 'system:masters' });
    expect(await review(master)).toEqual({ user: {}, error: 'invalid bearer token' });
  });

  it('deletes the token of a node that joins when it is over', async () => {
    await bootstrapToken('dddddd', { expiration: '2020-01-01T00:00:00Z' });
    const names = async () =>
      (await client.list(secrets, { namespace: 'kube-system' })).items.map(({ metadata }) => metadata.name);
    await expect.poll(names).not.toContain('bootstrap-token-dddddd');
    expect(await names()).toContain('bootstrap-token-aaaaaa');
  });
});

it('the federation knows users of a token file over HTTPS', async () => {
  const { ca } = await memberCertificates();
  const serving = await issueServingCertificate(ca, { commonName: 'fed', hosts: ['127.0.0.1'] });
  await using federation = await startFederation({
    name: 'fed',
    dnsDomain: 'example.com',
    storage: createMemoryStorage({ clock: systemClock }),
    tokenFile,
    serving: { host: '127.0.0.1', port: 0, ...serving, clientCa: ca.certificate },
  });
  const as = (token: string) =>
    createRemoteClient({ server: federation.url, ca: ca.certificate, credentials: { token } });
  await using ann = as('let-me-in');
  await using nobody = as('let-me-out');
  expect((await ann.list(namespaces)).items.length).toBeGreaterThan(0);
  await expect(nobody.list(namespaces)).rejects.toMatchObject({ code: 401 });
  const review = async (token: string) => (await ann.create(tokenReviews, { metadata: {}, spec: { token } })).status;
  expect(await review('let-me-in')).toMatchObject({ authenticated: true, user: { username: 'ann', uid: '1' } });
  expect(await review('let-me-out')).toEqual({ user: {}, error: 'invalid bearer token' });
});
