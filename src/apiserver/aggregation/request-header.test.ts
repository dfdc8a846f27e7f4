import { expect, it } from 'vitest';
import { identityHeaders } from './pass-on.ts';
import { remoteUserOf, requestHeaderAuthenticator } from './request-header.ts';

const signal = new AbortController().signal;
const jane = { username: 'jane', uid: '7', groups: ['a', 'b'], extra: { 'example.com/scope': ['x', 'y'] } };

it('reads what a front proxy says of its user as it was said', () => {
  expect(remoteUserOf(identityHeaders(jane))).toEqual(jane);
  expect(remoteUserOf({ 'x-remote-user': 'jane', 'x-remote-group': ['cn=a,dc=b', 'c'] })).toEqual({
    username: 'jane',
    groups: ['cn=a,dc=b', 'c'],
  });
  expect(remoteUserOf({ 'x-remote-group': 'system:masters' })).toBeUndefined();
});

it('believes it of those alone who show the certificate of a front proxy', async () => {
  const authenticate = requestHeaderAuthenticator(['front-proxy-client']);
  const certificate = (commonName: string) => ({ commonName, organizations: [] });
  const ask = (commonName: string) => authenticate({ certificate: certificate(commonName), remoteUser: jane }, signal);
  expect(await ask('front-proxy-client')).toEqual(jane);
  expect(await ask('jane')).toBeUndefined();
  expect(await authenticate({ bearerToken: 't', remoteUser: jane }, signal)).toBeUndefined();
  expect(await authenticate({ certificate: certificate('front-proxy-client') }, signal)).toBeUndefined();
  expect(
    await requestHeaderAuthenticator([])({ certificate: certificate(''), remoteUser: jane }, signal),
  ).toBeUndefined();
});
