import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  ConfiguredAuthentication,
  readAuthenticationConfiguration,
  type AuthenticationOptions,
  type AuthenticationSource,
} from '../../src/apiserver/index.ts';
import { createMetrics, FakeClock, silentLogger, start, untilAborted } from '../../src/component-base/index.ts';
import { startTokenIssuer, type Algorithm, type TokenIssuer } from '../harness/token-issuer.ts';

const { signal } = new AbortController();
const soon = { timeout: 5_000, interval: 5 };
const TEN_MINUTES_MS = 600_000;

function fileOf(issuers: readonly Pick<TokenIssuer, 'url' | 'ca'>[], more: object = {}): string {
  return JSON.stringify({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AuthenticationConfiguration',
    jwt: issuers.map(({ url, ca }) => ({
      issuer: { url, audiences: ['koinon'], certificateAuthority: ca },
      claimMappings: { username: { claim: 'sub', prefix: '' } },
    })),
    ...more,
  });
}

interface SetUpOptions extends Omit<AuthenticationOptions, 'rules'> {
  readonly clock: FakeClock;
}

async function setUp(file: string, { clock, ...options }: SetUpOptions) {
  const metrics = createMetrics();
  const rules = await readAuthenticationConfiguration(file);
  const authentication = new ConfiguredAuthentication({ rules, ...options }, { clock, log: silentLogger, metrics });
  const running = await start([authentication]);
  const ask = (bearerToken: string) => authentication.authenticator({ bearerToken }, signal);
  const reloads = async (status: string) =>
    Number(new RegExp(`reloads_total\\{status="${status}"\\} (\\d+)`).exec(await metrics.metrics())?.[1] ?? 0);
  return {
    authentication,
    ask,
    reloads,
    /** Why a token is not believed. */
    refusal: async (token: string): Promise<string> => {
      const refused: unknown = await ask(token).catch((err: unknown) => err);
      if (!(refused instanceof Error) || refused.message !== 'Unauthorized') throw new Error('it was believed');
      return refused.cause instanceof Error ? refused.cause.message : '';
    },
    [Symbol.asyncDispose]: () => running.stop(),
  };
}

it('believes what an issuer has signed, for as long as it says', async () => {
  const clock = new FakeClock();
  await using issuer = await startTokenIssuer(clock);
  await using outside = await setUp(fileOf([issuer]), { clock });
  const token = await issuer.token({ sub: 'ann', aud: ['other', 'koinon'] });
  expect(await outside.ask(token)).toEqual({ username: 'ann', groups: [] });
  await clock.advance(3_599_000);
  expect(await outside.ask(token)).toEqual({ username: 'ann', groups: [] });
  await clock.advance(1_000);
  expect(await outside.refusal(token)).toMatch(
    /^oidc: verify token: oidc: token is expired \(Token Expiry: 2026-01-01 01:/,
  );
});

it('leaves what others have signed to others', async () => {
  const clock = new FakeClock();
  await using issuer = await startTokenIssuer(clock);
  await using outside = await setUp(fileOf([issuer]), { clock });
  expect(await outside.ask('abc')).toBeUndefined();
  expect(await outside.ask(await issuer.token({ iss: 'https://other.example', aud: 'koinon' }))).toBeUndefined();
  expect(await outside.authentication.authenticator({}, signal)).toBeUndefined();
});

it('believes nothing that is not signed for it, now, by a key of the issuer', async () => {
  const clock = new FakeClock();
  await using issuer = await startTokenIssuer(clock);
  await using stranger = await startTokenIssuer(clock);
  await using outside = await setUp(fileOf([issuer]), { clock });
  const now = Math.floor(clock.now() / 1000);
  const good = { sub: 'ann', aud: 'koinon' };
  const about = 'oidc: verify token: ';
  expect(await outside.refusal(await issuer.token({ ...good, aud: 'other' }))).toBe(
    `${about}oidc: expected audience "koinon" got ["other"]`,
  );
  expect(await outside.refusal(await issuer.token({ ...good, exp: null }))).toContain('token is expired');
  expect(await outside.refusal(await issuer.token({ ...good, nbf: now + 301 }))).toContain('before the nbf');
  expect(await outside.refusal(await issuer.token({ ...good, iat: now + 301 }))).toContain('before the nbf');
  expect(await outside.ask(await issuer.token({ ...good, nbf: now + 299, iat: now }))).toMatchObject({
    username: 'ann',
  });
  const forged = await stranger.token({ ...good, iss: issuer.url });
  expect(await outside.refusal(forged)).toBe(`${about}failed to verify signature: failed to verify id token signature`);
  const known = (await issuer.token(good)).split('.');
  const changed = Buffer.from(JSON.stringify({ ...good, sub: 'root', iss: issuer.url, exp: now + 60 }));
  const withBody = [known[0], changed.toString('base64url'), known[2]].join('.');
  expect(await outside.refusal(withBody)).toContain('failed to verify id token signature');
});

it('never believes a token without signature, or one signed with a public key for a secret', async () => {
  const clock = new FakeClock();
  await using issuer = await startTokenIssuer(clock);
  await using outside = await setUp(fileOf([issuer]), { clock });
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = encode({ sub: 'root', aud: 'koinon', iss: issuer.url, exp: clock.now() });
  const none = `${encode({ alg: 'none' })}.${claims}.`;
  expect(await outside.refusal(none)).toContain('signed with unsupported algorithm');
  const hmac = `${encode({ alg: 'HS256' })}.${claims}`;
  const signature = createHmac('sha256', 'public').update(hmac).digest('base64url');
  expect(await outside.refusal(`${hmac}.${signature}`)).toContain('got "HS256"');
});

it.each<Algorithm>(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'])(
  'verifies %s',
  async (algorithm) => {
    const clock = new FakeClock();
    await using issuer = await startTokenIssuer(clock);
    issuer.rotate(algorithm);
    await using outside = await setUp(fileOf([issuer]), { clock });
    expect(await outside.ask(await issuer.token({ sub: 'ann', aud: 'koinon' }))).toMatchObject({ username: 'ann' });
  },
);

it('takes only the algorithms that it is told to take', async () => {
  const clock = new FakeClock();
  await using issuer = await startTokenIssuer(clock);
  await using outside = await setUp(fileOf([issuer]), { clock, algorithms: ['ES256'] });
  expect(await outside.refusal(await issuer.token({ sub: 'ann', aud: 'koinon' }))).toContain('expected ["ES256"]');
});

it('fetches keys anew for a token of an unknown one, but not for each', async () => {
  const clock = new FakeClock();
  await using issuer = await startTokenIssuer(clock);
  await using outside = await setUp(fileOf([issuer]), { clock });
  const good = { sub: 'ann', aud: 'koinon' };
  const old = await issuer.token(good);
  expect(await outside.ask(old)).toBeDefined();
  issuer.rotate();
  const fetched = issuer.asked.length;
  const fresh = await issuer.token(good);
  expect(await outside.refusal(fresh)).toContain('failed to verify signature');
  expect(issuer.asked.length).toBe(fetched);

  await clock.advance(10_000);
  expect(await outside.ask(fresh)).toMatchObject({ username: 'ann' });
  expect(await outside.refusal(old)).toContain('failed to verify signature');
  expect(issuer.asked.length).toBe(fetched + 2);
});

it('fetches keys every now and then, and keeps those that it has when it cannot', async () => {
  const clock = new FakeClock();
  await using issuer = await startTokenIssuer(clock);
  await using outside = await setUp(fileOf([issuer]), { clock });
  const token = (sub: string) => issuer.token({ sub, aud: 'koinon' });
  expect(await outside.ask(await token('ann'))).toBeDefined();
  issuer.answer('/keys', 'no JSON');
  await clock.advance(TEN_MINUTES_MS);
  await expect.poll(() => issuer.asked.length, soon).toBe(4);
  expect(await outside.ask(await token('ben'))).toMatchObject({ username: 'ben' });

  issuer.answer('/keys', undefined);
  issuer.rotate();
  await expect.poll(() => clock.pending, soon).toBe(1);
  await clock.advance(1_000);
  await expect.poll(() => issuer.asked.length, soon).toBe(6);
  expect(await outside.ask(await token('carl'))).toMatchObject({ username: 'carl' });
});

it.each([
  ['/.well-known/openid-configuration', JSON.stringify({ issuer: 'https://other', jwks_uri: 'https://other' })],
  ['/.well-known/openid-configuration', 'x'.repeat(2 * 1024 * 1024)],
  ['/keys', JSON.stringify({ keys: [{ kty: 'oct', k: 'c2VjcmV0' }] })],
])('believes nobody while %s is wrong', async (path, body) => {
  const clock = new FakeClock();
  await using issuer = await startTokenIssuer(clock);
  issuer.answer(path, body);
  await using outside = await setUp(fileOf([issuer]), { clock });
  const token = await issuer.token({ sub: 'ann', aud: 'koinon' });
  expect(await outside.refusal(token)).toMatch(/authenticator not initialized|failed to verify signature/);
  issuer.answer(path, undefined);
  await clock.advance(10_000);
  expect(await outside.ask(token)).toMatchObject({ username: 'ann' });
});

/** A file that is changed by the test. */
function changingFile(text: string) {
  const state = { text, written: 0 };
  const steps: PromiseWithResolvers<true>[] = [];
  const step = (index: number) => (steps[index] ??= Promise.withResolvers());
  const source: AuthenticationSource = {
    text,
    read: async () => state.text,
    changes: async function* (until) {
      for (let read = 0; await untilAborted(step(read).promise, until).catch(() => false); read++) yield read;
    },
  };
  const write = (changed: string) => {
    state.text = changed;
    step(state.written++).resolve(true);
  };
  return { source, write };
}

it('takes a new configuration as a whole, and none that is wrong or not reached', async () => {
  const clock = new FakeClock();
  await using one = await startTokenIssuer(clock);
  await using two = await startTokenIssuer(clock);
  const { source, write } = changingFile(fileOf([one]));
  await using outside = await setUp(source.text, { clock, source });
  const good = { sub: 'ann', aud: 'koinon' };
  const ofOne = await one.token(good);
  expect(await outside.ask(ofOne)).toBeDefined();

  write('jwt: {');
  await expect.poll(() => outside.reloads('failure'), soon).toBe(1);
  write(fileOf([{ url: 'https://127.0.0.1:1', ca: one.ca }]));
  const late = async () => {
    await clock.advance(60_000);
    return outside.reloads('failure');
  };
  await expect.poll(late, soon).toBe(2);
  expect(await outside.ask(await one.token(good))).toBeDefined();

  write(source.text);
  write(fileOf([two], { anonymous: { enabled: false } }));
  await expect.poll(() => outside.reloads('success'), soon).toBe(1);
  expect(await outside.ask(await two.token(good))).toMatchObject({ username: 'ann' });
  expect(await outside.ask(ofOne)).toBeUndefined();
  expect(outside.authentication.allowsAnonymous('/livez')).toBe(false);
  expect(await outside.reloads('failure')).toBe(2);
});
