import { expect, it } from 'vitest';
import { FakeClient } from '../../test/harness/fake-client.ts';
import { probe } from './probe.ts';

const failing = (code: string) => {
  const client = new FakeClient();
  const cause = Object.assign(new Error(code), { code });
  return Object.assign(client, { raw: () => Promise.reject(new Error('GET /readyz', { cause })) });
};
const look = (code: string) => probe(failing(code), 1_000, new AbortController().signal);

it.each(['CERT_HAS_EXPIRED', 'SELF_SIGNED_CERT_IN_CHAIN', 'ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_NOT_YET_VALID'])(
  'takes %s for an answer, not for silence',
  async (code) => {
    expect(await look(code)).toEqual({ kind: 'notOk', detail: `no trusted connection: ${code}` });
  },
);

it.each([
  ['ECONNREFUSED', 'refused'],
  ['ETIMEDOUT', 'silent'],
  ['ENETUNREACH', 'silent'],
  ['ENOTFOUND', 'silent'],
  ['EMFILE', 'silent'],
])('takes %s for %s', async (code, kind) => {
  expect(await look(code)).toEqual({ kind });
});
