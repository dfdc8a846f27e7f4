import { expect, it } from 'vitest';
import { clusters } from '../../../federation/apis/index.ts';
import { startFederation } from '../../../federation/control-plane/index.ts';
import { clusterRoleBindings, configMaps, namespaces } from '../../../src/apis/index.ts';
import { systemClock } from '../../../src/component-base/index.ts';
import { createMemoryStorage } from '../../../src/storage/index.ts';
import { adminUser } from '../../harness/api-server.ts';

it('lets people do what roles of the federation let them', async () => {
  const storage = createMemoryStorage({ clock: systemClock });
  await using federation = await startFederation({ name: 'fed', dnsDomain: 'example.com', storage });
  const admin = federation.client(adminUser);
  const viewer = federation.client({ username: 'ann', groups: ['system:authenticated'] });
  await expect(viewer.list(configMaps, { namespace: 'default' })).rejects.toMatchObject({ code: 403 });
  await admin.create(clusterRoleBindings, {
    metadata: { name: 'ann' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ann' }],
  });
  await expect
    .poll(async () => viewer.list(configMaps, { namespace: 'default' }).then(({ items }) => items.length, String))
    .toBe(0);
  await expect(viewer.list(clusters)).rejects.toMatchObject({ code: 403 });
  await expect(admin.delete(namespaces, { name: 'federation-system' })).rejects.toMatchObject({ code: 403 });
});

it('starts again on what it stored', async () => {
  const storage = createMemoryStorage({ clock: systemClock });
  const options = { name: 'fed', dnsDomain: 'example.com', storage };
  for (let time = 0; time < 2; time++) {
    await using federation = await startFederation(options);
    const { items } = await federation.client(adminUser).list(namespaces);
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['default', 'federation-system']);
  }
});
