import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readAuthentication } from './authentication.ts';

const directory = await mkdtemp(join(tmpdir(), 'koinon-authentication-'));
afterAll(() => rm(directory, { recursive: true }));

const file = async (name: string, text: string) => {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
};
const oidc = {
  issuerUrl: 'https://issuer.example',
  clientId: 'koinon',
  usernameClaim: 'sub',
  usernamePrefix: 'https://issuer.example#',
  algorithms: ['RS256'],
};

it('makes of the flags of an issuer what a file would say', async () => {
  const spec = { ...oidc, groupsClaim: 'roles', groupsPrefix: 'g:', requiredClaims: { hd: 'example.org' } };
  const { authentication } = await readAuthentication({ oidc: spec });
  const [issuer] = authentication?.rules.issuers ?? [];
  expect(issuer?.userOf({ sub: 'ann', roles: ['dev'], hd: 'example.org' })).toEqual({
    username: 'https://issuer.example#ann',
    groups: ['g:dev'],
  });
  expect(() => issuer?.userOf({ sub: 'ann' })).toThrow('oidc: required claim hd not present in ID token');
  expect(authentication?.algorithms).toEqual(['RS256']);
});

it('tells which file or flag is wrong', async () => {
  const configFile = await file('config.yaml', 'apiVersion: v1\nkind: AuthenticationConfiguration\n');
  await expect(readAuthentication({ configFile })).rejects.toThrow(`${configFile}: apiVersion: must be`);
  const tokenFile = await file('tokens.csv', 'abc,ann\n');
  await expect(readAuthentication({ tokenFile })).rejects.toThrow(`${tokenFile}: line 1 of the token file`);
  await expect(readAuthentication({ tokenFile: `${tokenFile}.not` })).rejects.toThrow('cannot be read');
  const insecure = { ...oidc, issuerUrl: 'http://issuer.example' };
  await expect(readAuthentication({ oidc: insecure })).rejects.toThrow('the --oidc flags: jwt[0].issuer.url');
  await expect(readAuthentication({ oidc: { ...oidc, algorithms: ['none'] } })).rejects.toThrow('"none" is none of');
});
