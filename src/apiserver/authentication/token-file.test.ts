import { expect, it } from 'vitest';
import { parseTokenFile, tokenFileAuthenticator } from './token-file.ts';

const { signal } = new AbortController();

it('knows the users that a file lists, with their groups', async () => {
  const file = '# who\nt1,ann,7\nt2,"ben, the second",8,"dev, ops"\n\nt3,carl,,"say ""hi"""\n';
  const ask = tokenFileAuthenticator(parseTokenFile(file));
  expect(await ask({ bearerToken: 't1' }, signal)).toEqual({ username: 'ann', uid: '7', groups: [] });
  expect(await ask({ bearerToken: 't2' }, signal)).toEqual({
    username: 'ben, the second',
    uid: '8',
    groups: ['dev', 'ops'],
  });
  expect(await ask({ bearerToken: 't3' }, signal)).toEqual({ username: 'carl', groups: ['say "hi"'] });
  expect(await ask({ bearerToken: 't4' }, signal)).toBeUndefined();
  expect(await ask({}, signal)).toBeUndefined();
});

it.each([
  ['t1,ann', 'line 1 of the token file must have at least 3 columns (token, user name, user uid), found 2'],
  ['t1,ann,7\nt1,ben,8', 'line 2 of the token file has a token that a line before it has too'],
  [',ann,7', 'line 1 of the token file has no token'],
  ['t1,"ann,7', 'has a quote that is not where quotes may be'],
])('refuses %j by its line', (text, message) => {
  expect(() => parseTokenFile(text)).toThrow(message);
});
