import { expect, it } from 'vitest';
import { tokenSecret, withToken, type Trust } from './stored-credentials.ts';
import { renewalDueMs, tokenTimes } from './token-renewal.ts';

const HOUR_MS = 3_600_000;
const t0 = Date.UTC(2026, 0, 1);
const stored = (trust: Trust, expiresAt?: number) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  ...tokenSecret({
    cluster: 'east',
    secretName: 'east',
    token: 't1',
    trust,
    issuedAt: t0,
    seconds: 604_800,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }),
});
const text = (data: Readonly<Record<string, string>> | undefined) =>
  Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));

it.each([
  ['a week', 7 * 24, 24],
  ['what little the member gave', 1, 0.5],
])('replaces a token of %s long before its end', (_, hours, use) => {
  const times = tokenTimes(stored({ kind: 'system' }, t0 + hours * HOUR_MS));
  expect(times).toMatchObject({ seconds: 604_800, issuedAt: t0 });
  expect(renewalDueMs(times!, t0)).toBe(use * HOUR_MS);
  expect(renewalDueMs(times!, t0 + use * HOUR_MS)).toBe(0);
  expect(renewalDueMs(times!, t0 + 1000 * HOUR_MS)).toBe(0);
});

it('leaves tokens that do not end to those who made them', () => {
  expect(tokenTimes(stored({ kind: 'system' }))).toBeUndefined();
});

it('puts a new token in the place of the old one, and nothing else', () => {
  const before = stored({ kind: 'authority', ca: 'CA' }, t0 + HOUR_MS);
  const after = withToken(before, 't2', t0 + HOUR_MS, t0 + 2 * HOUR_MS);
  expect(text(after.data)).toEqual({ token: 't2', 'ca.crt': 'CA' });
  expect(tokenTimes(after)).toMatchObject({ issuedAt: t0 + HOUR_MS, expiresAt: t0 + 2 * HOUR_MS });
});

it.each([
  [{ kind: 'system' } as const, undefined],
  [{ kind: 'blind' } as const, true],
])('stores a kubeconfig where there is no authority to name: %j', (trust, insecure) => {
  const after = withToken(stored(trust, t0 + HOUR_MS), 't2', t0, t0 + HOUR_MS);
  const config: unknown = JSON.parse(text(after.data)['kubeconfig'] ?? '');
  expect(config).toMatchObject({ users: [{ user: { token: 't2' } }] });
  expect(JSON.stringify(config).includes('insecure-skip-tls-verify')).toBe(insecure === true);
  expect(Object.keys(after.data ?? {})).toEqual(['kubeconfig']);
});
