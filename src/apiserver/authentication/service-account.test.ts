import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt } from 'jose';
import { expect, it } from 'vitest';
import { isStatusError, notFound, type KubeObject } from '../../apimachinery/index.ts';
import type { Client } from '../../client/index.ts';
import { FakeClock } from '../../component-base/index.ts';
import type { SubresourceRequest } from '../resource-definition.ts';
import { createServiceAccountTokens } from './service-account-tokens.ts';
import { serviceAccountAuthenticator } from './service-account.ts';
import { tokenRequestHandler } from './token-request.ts';
import { answerTokenReview } from './token-review.ts';

const { signal } = new AbortController();
const newKey = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });

/** Reads of a few objects by `plural/name`: their uid, and when they were to be gone. */
function holding(objects: Map<string, string>): Client {
  const get: Client['get'] = async (resource, { name, namespace }) => {
    const [uid, deletionTimestamp] = objects.get(`${resource.plural}/${name}`)?.split(' ') ?? [];
    if (uid === undefined) throw notFound(resource, name);
    const metadata = {
      name,
      uid,
      ...(namespace === undefined ? {} : { namespace }),
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    };
    // @NOTE the reader looks at metadata, and of Pods at these two.
    const spec = { serviceAccountName: 'bot', nodeName: 'here' };
    return { apiVersion: 'v1', kind: resource.kind, metadata, ...(resource.kind === 'Pod' ? { spec } : {}) } as never;
  };
  // @NOTE a token's check calls nothing else.
  return { get } as Client;
}

function setUp(objects: Record<string, string>) {
  const clock = new FakeClock();
  const present = new Map(Object.entries(objects));
  const own = holding(present);
  const tokens = createServiceAccountTokens({ key: newKey(), clock });
  return { clock, present, tokens, own, authenticate: serviceAccountAuthenticator({ tokens, own, clock }) };
}

const bot = { namespace: 'ci', name: 'bot', uid: 'u1' };

it('knows the account of a token it issued', async () => {
  const { tokens, authenticate } = setUp({ 'serviceaccounts/bot': 'u1' });
  const { token } = await tokens.issue(bot, { expiresInSeconds: 600 });
  expect(await authenticate({ bearerToken: token }, signal)).toMatchObject({
    username: 'system:serviceaccount:ci:bot',
    uid: 'u1',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:ci'],
  });
});

it('leaves tokens of others to others', async () => {
  const { authenticate } = setUp({});
  expect(await authenticate({ bearerToken: 'abc' }, signal)).toBeUndefined();
  expect(await authenticate({}, signal)).toBeUndefined();
});

it('refuses a token that is over, signed by another key, or whose account was made anew', async () => {
  const { tokens, authenticate, clock, present } = setUp({ 'serviceaccounts/bot': 'u1' });
  const { token } = await tokens.issue(bot, { expiresInSeconds: 600 });
  await clock.advance(601_000);
  await expect(authenticate({ bearerToken: token }, signal)).rejects.toThrow('Unauthorized');

  const other = createServiceAccountTokens({ key: newKey(), clock });
  const forged = await other.issue(bot, { expiresInSeconds: 600 });
  await expect(authenticate({ bearerToken: forged.token }, signal)).rejects.toThrow('Unauthorized');

  const again = await tokens.issue(bot, { expiresInSeconds: 600 });
  expect(await authenticate({ bearerToken: again.token }, signal)).toBeDefined();
  present.set('serviceaccounts/bot', 'u2');
  await expect(authenticate({ bearerToken: again.token }, signal)).rejects.toThrow('Unauthorized');
});

it('ends a bound token with what it is bound to', async () => {
  const { tokens, authenticate, present } = setUp({ 'serviceaccounts/bot': 'u1', 'secrets/s': 'x' });
  const { token } = await tokens.issue({ ...bot, bound: { kind: 'Secret', name: 's', uid: 'x' } }, {});
  expect(await authenticate({ bearerToken: token }, signal)).toBeDefined();
  present.delete('secrets/s');
  await expect(authenticate({ bearerToken: token }, signal)).rejects.toThrow('Unauthorized');
});

it.each([
  ['serviceaccounts/bot', 'u1', 'service account ci/bot has been deleted'],
  ['pods/p', 'x', 'service account token has been invalidated'],
])('lets a token of what is being deleted go on for as long as that has, and a minute', async (key, uid, why) => {
  const { tokens, authenticate, present, clock } = setUp({ 'serviceaccounts/bot': 'u1', 'pods/p': 'x' });
  const { token } = await tokens.issue(
    { ...bot, bound: { kind: 'Pod', name: 'p', uid: 'x' } },
    { expiresInSeconds: 600 },
  );
  present.set(key, `${uid} ${new Date(clock.now() + 30_000).toISOString()}`);
  await clock.advance(90_000);
  expect(await authenticate({ bearerToken: token }, signal)).toBeDefined();
  await clock.advance(1_000);
  await expect(authenticate({ bearerToken: token }, signal)).rejects.toMatchObject({
    code: 401,
    cause: { message: why },
  });
});

it('says in TokenReviews whose a token is and for whom, or why it is not good', async () => {
  const { tokens, authenticate, present, clock } = setUp({ 'serviceaccounts/bot': 'u1', 'nodes/n': 'x' });
  const answer = answerTokenReview(() => [authenticate], tokens.issuer);
  const review = async (token: string, audiences: readonly string[] = []) => {
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      metadata: {},
      spec: { token, audiences },
    };
    return (await answer(body, request)).status;
  };
  const bound = { kind: 'Node', name: 'n', uid: 'x' } as const;
  const { token } = await tokens.issue({ ...bot, bound }, { expiresInSeconds: 600, audiences: ['vault', 'a'] });
  const about = 'authentication.kubernetes.io';
  expect(await review(token, ['vault', 'other'])).toEqual({
    authenticated: true,
    audiences: ['vault'],
    user: {
      username: 'system:serviceaccount:ci:bot',
      uid: 'u1',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:ci', 'system:authenticated'],
      extra: {
        [`${about}/credential-id`]: [`JTI=${decodeJwt(token).jti ?? ''}`],
        [`${about}/node-name`]: ['n'],
        [`${about}/node-uid`]: ['x'],
      },
    },
  });
  const refused = (why: string) => ({ user: {}, error: `[invalid bearer token, ${why}]` });
  expect(await review(token)).toEqual(
    refused(`token audiences ["vault" "a"] is invalid for the target audiences ["${tokens.issuer}"]`),
  );
  present.set('nodes/n', 'y');
  expect(await review(token, ['vault'])).toEqual(
    refused('node UID (y) does not match service account node ref claim (x)'),
  );
  present.delete('nodes/n');
  expect(await review(token, ['vault'])).toEqual(refused('service account token has been invalidated'));
  present.set('serviceaccounts/bot', 'u2');
  expect(await review(token, ['vault'])).toEqual(refused('service account UID (u2) does not match claim (u1)'));
  present.delete('serviceaccounts/bot');
  expect(await review(token, ['vault'])).toEqual(refused('serviceaccounts "bot" not found'));
  await clock.advance(601_000);
  const other = await tokens.issue(bot, { expiresInSeconds: 600, audiences: ['vault'] });
  await clock.advance(601_000);
  expect(await review(other.token, ['vault'])).toEqual(refused('service account token has expired'));
  expect(await review('abc')).toEqual({ user: {}, error: 'invalid bearer token' });
});

it('refuses a token for another audience', async () => {
  const { tokens, authenticate } = setUp({ 'serviceaccounts/bot': 'u1' });
  const { token } = await tokens.issue(bot, { audiences: ['vault'], expiresInSeconds: 600 });
  await expect(authenticate({ bearerToken: token }, signal)).rejects.toThrow('Unauthorized');
});

// @NOTE a request body as the server hands it over, decoded.
const tokenRequest = (spec: object) =>
  ({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec }) as KubeObject;
const request: SubresourceRequest = {
  key: { namespace: 'ci', name: 'bot' },
  query: new URLSearchParams(),
  user: { username: 'a', groups: [] },
  signal,
  dryRun: false,
};
// @NOTE the shape of a TokenRequest's answer.
const statusOf = (answer: KubeObject) =>
  (answer as KubeObject & { status: { token: string; expirationTimestamp: string } }).status;

it('answers a TokenRequest, and refuses less than ten minutes', async () => {
  const { tokens, own, clock, authenticate } = setUp({ 'serviceaccounts/bot': 'u1' });
  const handle = tokenRequestHandler({ tokens, own: () => own, clock });
  const { token, expirationTimestamp } = statusOf(await handle(tokenRequest({ expirationSeconds: 700 }), request));
  expect(Date.parse(expirationTimestamp)).toBe(clock.now() + 700_000);
  expect(await authenticate({ bearerToken: token }, signal)).toMatchObject({ uid: 'u1' });
  const refused = await handle(tokenRequest({ expirationSeconds: 60 }), request).catch((err: unknown) => err);
  expect(isStatusError(refused, 'Invalid') && refused.message).toContain('10 minutes');
});

it('lets the tokens that pods get by themselves live for a year, and says when they should be newer', async () => {
  const { tokens, own, clock, authenticate } = setUp({
    'serviceaccounts/bot': 'u1',
    'pods/p': 'u2',
    'nodes/here': 'u3',
  });
  const handle = tokenRequestHandler({ tokens, own: () => own, clock });
  const boundObjectRef = { kind: 'Pod', name: 'p', uid: 'u2' };
  const ask = async (spec: object) => {
    const { token } = statusOf(await handle(tokenRequest({ boundObjectRef, ...spec }), request));
    return { token, claims: decodeJwt(token), exp: (decodeJwt(token).exp ?? 0) - Math.floor(clock.now() / 1000) };
  };
  const { token, claims, exp } = await ask({ expirationSeconds: 3_607 });
  expect(exp).toBe(365 * 86_400);
  expect(claims['kubernetes.io']).toMatchObject({
    warnafter: Math.floor(clock.now() / 1000) + 3_607,
    pod: { name: 'p', uid: 'u2' },
    node: { name: 'here', uid: 'u3' },
  });
  const { extra } = (await authenticate({ bearerToken: token }, signal)) ?? {};
  const about = 'authentication.kubernetes.io';
  expect(extra).toMatchObject({ [`${about}/pod-name`]: ['p'], [`${about}/node-name`]: ['here'] });

  expect((await ask({ expirationSeconds: 3_600 })).exp).toBe(3_600);
  expect((await ask({ expirationSeconds: 3_607, audiences: ['vault'] })).exp).toBe(3_607);
  const other = { ...boundObjectRef, uid: 'u9' };
  await expect(ask({ boundObjectRef: other })).rejects.toMatchObject({ code: 409 });
});
