import { afterAll, describe, expect, it } from 'vitest';
import { startFederation } from '../../federation/control-plane/index.ts';
import { clusterRoles } from '../../src/apis/index.ts';
import { systemClock } from '../../src/component-base/index.ts';
import { createMemoryStorage } from '../../src/storage/index.ts';
import { adminUser } from '../harness/api-server.ts';
import { startTestMember } from '../harness/member-cluster.ts';

const aggregateTo = (role: string) => ({ [`rbac.authorization.k8s.io/aggregate-to-${role}`]: 'true' });

describe.each([
  ['a member', async () => startTestMember({ nodes: 0 })],
  [
    'the federation',
    async () => {
      const storage = createMemoryStorage({ clock: systemClock });
      const federation = await startFederation({ name: 'fed', dnsDomain: 'example.com', storage });
      return { client: federation.client(adminUser), [Symbol.asyncDispose]: () => federation[Symbol.asyncDispose]() };
    },
  ],
])('in %s', async (_, begin) => {
  const started = await begin();
  afterAll(() => started[Symbol.asyncDispose]());
  const { client } = started;

  it('what is labelled for view comes to view, edit and admin, and goes again', async () => {
    const rule = { apiGroups: ['stable.example.com'], resources: ['crontabs'], verbs: ['get'] };
    const holders = async () => {
      const { items } = await client.list(clusterRoles);
      const name = rule.apiGroups[0];
      return items
        .filter(({ rules = [] }) => rules.some(({ apiGroups }) => apiGroups?.[0] === name))
        .map(({ metadata }) => metadata.name);
    };
    await client.create(clusterRoles, { metadata: { name: 'cron-view', labels: aggregateTo('view') }, rules: [rule] });
    await expect.poll(holders).toEqual(['admin', 'cron-view', 'edit', 'view']);
    await client.delete(clusterRoles, { name: 'cron-view' });
    await expect.poll(holders).toEqual([]);
  });
});
