import { expect, it } from 'vitest';
import type { AuthorizationAttributes } from '../security.ts';
import { impersonated } from './impersonation.ts';

const admin = { username: 'admin', groups: ['system:masters', 'system:authenticated'] };
const name = ({ resource }: AuthorizationAttributes) =>
  `${resource?.plural ?? ''} ${resource?.namespace ?? ''}${resource?.name ?? ''}`;

it('goes on as the user that the headers name, asking for each part', async () => {
  const asked: string[] = [];
  const headers = {
    'impersonate-user': 'jane',
    'impersonate-group': ['dev', 'ops'],
    'impersonate-uid': '7',
    'impersonate-extra-acme.com%2Fscope': ['a', 'b'],
  };
  const user = await impersonated(admin, headers, async (attributes) => {
    asked.push(`${attributes.verb} ${name(attributes)}`);
    return { allowed: true };
  });
  expect(user).toEqual({
    username: 'jane',
    groups: ['dev', 'ops', 'system:authenticated'],
    uid: '7',
    extra: { 'acme.com/scope': ['a', 'b'] },
  });
  expect(asked).toEqual([
    'impersonate users jane',
    'impersonate groups dev',
    'impersonate groups ops',
    'impersonate uids 7',
    'impersonate userextras a',
    'impersonate userextras b',
  ]);
});

it('knows the groups of a service account', async () => {
  const headers = { 'impersonate-user': 'system:serviceaccount:ns:robot' };
  const user = await impersonated(admin, headers, async (attributes) => ({
    allowed: name(attributes) === 'serviceaccounts nsrobot',
  }));
  expect(user.groups).toEqual(['system:serviceaccounts', 'system:serviceaccounts:ns', 'system:authenticated']);
});

it('refuses who may not, and headers that name nobody', async () => {
  const refuse = async () => ({ allowed: false });
  await expect(impersonated(admin, { 'impersonate-user': 'jane' }, refuse)).rejects.toThrow(
    'users "jane" is forbidden: User "admin" cannot impersonate resource "users" in API group "" at the cluster scope',
  );
  await expect(impersonated(admin, { 'impersonate-group': 'dev' }, refuse)).rejects.toThrow(
    'without impersonating a user',
  );
  expect(await impersonated(admin, {}, refuse)).toBe(admin);
});
