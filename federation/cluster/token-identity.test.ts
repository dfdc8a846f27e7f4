import { expect, it } from 'vitest';
import { tokenIdentity } from './token-identity.ts';

const token = (claims: object) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
const claims = (uid: string, more: object = {}) => ({
  iss: 'https://kubernetes',
  sub: 'system:serviceaccount:federation-system:east-fed',
  'kubernetes.io': { serviceaccount: { uid } },
  ...more,
});

it('takes two tokens of one account for the same, however long they are good', () => {
  expect(tokenIdentity(token(claims('a', { exp: 1 })))).toBe(tokenIdentity(token(claims('a', { exp: 2 }))));
});

it.each([
  ['an account made anew', token(claims('b'))],
  ['another account', token(claims('a', { sub: 'other' }))],
  ['another issuer', token(claims('a', { iss: 'other' }))],
])('takes tokens of %s for another', (_, other) => {
  expect(tokenIdentity(other)).not.toBe(tokenIdentity(token(claims('a'))));
});

it.each(['opaque', 'a.b.c', '', token({ iss: 'x' })])('lets %j speak for itself', (text) => {
  expect(tokenIdentity(text)).toBe(text);
});
