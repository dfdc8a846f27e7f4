import { Command } from 'commander';
import { expect, it } from 'vitest';
import { addAuthenticationFlags, authenticationOf, type AuthenticationFlags } from './authentication-flags.ts';

function parse(...args: readonly string[]): AuthenticationFlags {
  const command = addAuthenticationFlags(new Command('koinon'))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return command.parse([...args], { from: 'user' }).opts<AuthenticationFlags>();
}

const required = ['--oidc-issuer-url', 'https://issuer.example', '--oidc-client-id', 'koinon'];

it('says nothing without flags, and what a fleet file says otherwise', () => {
  expect(authenticationOf(parse())).toEqual({});
  const file = { configFile: '/etc/a.yaml', tokenFile: '/etc/tokens' };
  expect(authenticationOf(parse('--token-auth-file', '/tmp/tokens'), file)).toEqual({
    authentication: { ...file, tokenFile: '/tmp/tokens' },
  });
});

it('reads the flags of an issuer, with the defaults that upstream gives them', () => {
  const more = ['--oidc-required-claim', 'hd=a=b', '--oidc-required-claim', 'team=c', '--oidc-groups-claim', 'roles'];
  expect(authenticationOf(parse(...required, ...more))).toEqual({
    authentication: {
      oidc: {
        issuerUrl: 'https://issuer.example',
        clientId: 'koinon',
        usernameClaim: 'sub',
        usernamePrefix: 'https://issuer.example#',
        groupsClaim: 'roles',
        groupsPrefix: '',
        requiredClaims: { hd: 'a=b', team: 'c' },
        algorithms: ['RS256'],
      },
    },
  });
});

it.each([
  [['--oidc-username-claim', 'email'], ''],
  [['--oidc-username-claim', 'email', '--oidc-username-prefix', 'mail:'], 'mail:'],
  [['--oidc-username-prefix', '-'], ''],
  [['--oidc-username-prefix', 'x:'], 'x:'],
])('%j puts %j before user names', (flags, prefix) => {
  expect(authenticationOf(parse(...required, ...flags)).authentication?.oidc?.usernamePrefix).toBe(prefix);
});

it.each([
  [['--oidc-issuer-url', 'https://issuer.example'], '--oidc-issuer-url and --oidc-client-id go together'],
  [['--oidc-ca-file', 'ca.pem'], '--oidc-issuer-url and --oidc-client-id go together'],
  [[...required, '--authentication-config', 'a.yaml'], 'are mutually exclusive'],
])('refuses %j', (flags, message) => {
  expect(() => authenticationOf(parse(...flags))).toThrow(message);
});

it('refuses a required claim without a value', () => {
  expect(() => parse('--oidc-required-claim', 'hd')).toThrow('It must look like claim=value');
});
