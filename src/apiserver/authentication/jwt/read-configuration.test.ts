import { expect, it } from 'vitest';
import { readAuthenticationConfiguration } from './read-configuration.ts';

const head = 'apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n';
const read = (value: object) => {
  const whole = { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthenticationConfiguration', ...value };
  return readAuthenticationConfiguration(JSON.stringify(whole));
};
const issuer = { url: 'https://issuer.example', audiences: ['koinon'] };
const username = { claim: 'sub', prefix: '' };
const mapped = { issuer, claimMappings: { username } };

it('reads YAML', async () => {
  const { issuers } = await readAuthenticationConfiguration(`${head}jwt:
- issuer:
    url: https://issuer.example/realm/
    audiences: [koinon]
  claimMappings:
    username: { claim: sub, prefix: "oidc:" }
    groups: { claim: roles, prefix: "" }
    uid: { claim: oid }
`);
  const [only] = issuers;
  expect(only?.discoveryUrl).toBe('https://issuer.example/realm/.well-known/openid-configuration');
  expect(only?.userOf({ sub: 'ann', roles: 'dev', oid: '7' })).toEqual({
    username: 'oidc:ann',
    groups: ['dev'],
    uid: '7',
  });
  expect(only?.userOf({ sub: 'ann', roles: ['a', 'b'], oid: '7' }).groups).toEqual(['a', 'b']);
});

it('makes users by expressions', async () => {
  const { issuers } = await read({
    jwt: [
      {
        issuer,
        claimMappings: {
          username: { expression: '"x:" + claims.sub' },
          groups: { expression: 'claims.?roles.orValue([]).map(r, "r:" + r)' },
          uid: { expression: 'string(claims.id)' },
          extra: [
            { key: 'example.org/team', valueExpression: 'claims.team' },
            { key: 'example.org/none', valueExpression: '""' },
          ],
        },
        claimValidationRules: [
          { claim: 'hd', requiredValue: 'example.org' },
          { expression: 'claims.exp - claims.nbf <= 86400', message: 'a day is enough' },
        ],
        userValidationRules: [{ expression: '!user.username.startsWith("system:")', message: 'reserved' }],
      },
    ],
  });
  const userOf = issuers[0]?.userOf;
  const claims = { sub: 'ann', roles: ['dev'], id: 7, team: ['a', 'b'], hd: 'example.org', nbf: 0, exp: 60 };
  expect(userOf?.(claims)).toEqual({
    username: 'x:ann',
    groups: ['r:dev'],
    uid: '7',
    extra: { 'example.org/team': ['a', 'b'] },
  });
  expect(() => userOf?.({ ...claims, hd: 'example.com' })).toThrow(
    'oidc: required claim hd value does not match. Got = example.com, want = example.org',
  );
  expect(() => userOf?.({ ...claims, exp: 90_000 })).toThrow(
    "oidc: error evaluating claim validation expression: validation expression 'claims.exp - claims.nbf <= 86400' failed: a day is enough",
  );
  expect(() => userOf?.({ ...claims, sub: 7 })).toThrow('oidc: error evaluating username claim expression');
});

it('holds users to the rules for users', async () => {
  const userValidationRules = [{ expression: "!user.username.startsWith('system:')", message: 'reserved' }];
  const { issuers } = await read({ jwt: [{ ...mapped, userValidationRules }] });
  expect(() => issuers[0]?.userOf({ sub: 'system:admin' })).toThrow('failed: reserved');
  expect(issuers[0]?.userOf({ sub: 'ann' })).toEqual({ username: 'ann', groups: [] });
});

it.each([
  [{ sub: 'a', email_verified: true }, 'oidc: parse username claims "email": claim not present'],
  [{ email: 'a@b', email_verified: false }, 'oidc: email not verified'],
  [{ email: 'a@b', email_verified: 'true' }, "oidc: parse 'email_verified' claim"],
  [{ email: '' }, 'oidc: username claim "email" is empty'],
  [{ email: 'a@b', groups: 7 }, 'oidc: parse groups claim "groups": json: cannot unmarshal number'],
  [{ email: 'a@b', _claim_names: { groups: 's' } }, 'sources of distributed claims are not asked'],
])('makes no user of %j', async (claims, message) => {
  const claimMappings = { username: { claim: 'email', prefix: '' }, groups: { claim: 'groups', prefix: '' } };
  const { issuers } = await read({ jwt: [{ issuer, claimMappings }] });
  expect(() => issuers[0]?.userOf(claims)).toThrow(message);
});

const jwt = (entry: object) => ({ jwt: [{ ...mapped, ...entry }] });
const withIssuer = (fields: object) => jwt({ issuer: { ...issuer, ...fields } });
const withMappings = (fields: object) => jwt({ claimMappings: { username, ...fields } });

it.each([
  [{ kind: 'Other' }, 'kind: must be AuthenticationConfiguration'],
  [{ apiVersion: 'v1' }, 'apiVersion: must be apiserver.config.k8s.io/v1'],
  [{ jwts: [] }, 'strict decoding error: unknown field "jwts"'],
  [withIssuer({ uri: 'x' }), 'strict decoding error: unknown field "jwt[0].issuer.uri"'],
  [withIssuer({ audiences: 'x' }), 'json: cannot unmarshal string into Go struct field Issuer.jwt.issuer.audiences'],
  [withIssuer({ url: '' }), 'jwt[0].issuer.url: Required value'],
  [withIssuer({ url: 'http://a' }), 'jwt[0].issuer.url: Invalid value: "http://a": URL scheme must be https'],
  [withIssuer({ url: 'https://a:b@c' }), 'URL must not contain a username or password'],
  [withIssuer({ url: 'https://c?d' }), 'URL must not contain a query'],
  [withIssuer({ url: 'https://c#d' }), 'URL must not contain a fragment'],
  [withIssuer({ url: 'https://kubernetes.default.svc.cluster.local' }), 'URL must not overlap with disallowed issuers'],
  [withIssuer({ discoveryURL: 'https://issuer.example/' }), 'discoveryURL must be different from URL'],
  [withIssuer({ audiences: [] }), 'jwt[0].issuer.audiences: Required value'],
  [withIssuer({ audiences: ['a', 'b'] }), 'audienceMatchPolicy must be MatchAny for multiple audiences'],
  [
    withIssuer({ audiences: ['a', 'a'], audienceMatchPolicy: 'MatchAny' }),
    'jwt[0].issuer.audiences[1]: Duplicate value',
  ],
  [withIssuer({ certificateAuthority: 'x' }), 'jwt[0].issuer.certificateAuthority: Invalid value: "<omitted>"'],
  [withIssuer({ egressSelectorType: 'cluster' }), 'egress selectors are not supported'],
  [jwt({ claimMappings: {} }), 'jwt[0].claimMappings.username: Required value: claim or expression is required'],
  [jwt({ claimMappings: { username: { claim: 'sub' } } }), 'jwt[0].claimMappings.username.prefix: Required value'],
  [jwt({ claimMappings: { username: { claim: 'a', expression: 'b' } } }), "claim and expression can't both be set"],
  [
    jwt({ claimMappings: { username: { expression: 'claims.' } } }),
    'jwt[0].claimMappings.username.expression: Invalid value',
  ],
  [jwt({ claimMappings: { username: { expression: 'claims.email' } } }), 'claims.email_verified must be used in'],
  [withMappings({ groups: { expression: 'claims.g', prefix: 'x' } }), 'may not be specified when expression is set'],
  [withMappings({ extra: [{ key: 'a', valueExpression: '"b"' }] }), 'must be a domain-prefixed path'],
  [withMappings({ extra: [{ key: 'a.org/B', valueExpression: '"b"' }] }), 'must be lowercase'],
  [withMappings({ extra: [{ key: 'a.k8s.io/b', valueExpression: '"b"' }] }), 'are reserved for Kubernetes use'],
  [withMappings({ extra: [{ key: 'a.org/b' }] }), 'jwt[0].claimMappings.extra[0].valueExpression: Required value'],
  [jwt({ claimValidationRules: [{}] }), 'jwt[0].claimValidationRules[0]: Required value'],
  [
    jwt({ claimValidationRules: [{ claim: 'a' }, { claim: 'a' }] }),
    'jwt[0].claimValidationRules[1].claim: Duplicate value',
  ],
  [jwt({ claimValidationRules: [{ expression: '1' }] }), 'must evaluate to bool'],
  [jwt({ claimValidationRules: [{ claim: 'a', message: 'b' }] }), 'may not be specified when claim is set'],
  [jwt({ userValidationRules: [{ expression: 'user.name == ""' }] }), "undefined field 'name'"],
  [{ jwt: [mapped, mapped] }, 'jwt[1].issuer.url: Duplicate value: "https://issuer.example"'],
  [{ anonymous: { conditions: [{ path: '/livez' }] } }, 'enabled should be set to true when conditions are defined'],
])('refuses %j', async (value, message) => {
  await expect(read(value)).rejects.toThrow(message);
});

it('lets an unverified address pass that an expression asks about', async () => {
  const claimMappings = { username: { expression: 'claims.email' } };
  const claimValidationRules = [{ expression: 'claims.?email_verified.orValue(true) == true' }];
  await expect(read({ jwt: [{ issuer, claimMappings, claimValidationRules }] })).resolves.toBeDefined();
});

it.each([
  [{}, true, false],
  [{ anonymous: { enabled: true } }, true, true],
  [{ anonymous: { enabled: false } }, false, false],
  [{ anonymous: { enabled: true, conditions: [{ path: '/livez' }] } }, true, false],
])('%j lets anonymous requests pass', async (value, atLivez, elsewhere) => {
  const { allowsAnonymous } = await read(value);
  expect([allowsAnonymous('/livez'), allowsAnonymous('/api')]).toEqual([atLivez, elsewhere]);
});
