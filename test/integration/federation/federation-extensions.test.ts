import { expect, it } from 'vitest';
import { startFederation } from '../../../federation/control-plane/index.ts';
import { findCondition, isConditionTrue, isNotFound, type KubeObject } from '../../../src/apimachinery/index.ts';
import { apiServices, customResourceDefinitions, namespaces } from '../../../src/apis/index.ts';
import { systemClock } from '../../../src/component-base/index.ts';
import { createMemoryStorage } from '../../../src/storage/index.ts';
import { crontab, crontabDefinition, crontabs } from '../../harness/definitions.ts';

const admin = { username: 'admin', groups: ['system:masters'] };
const key = { namespace: 'team', name: 'a' };

it('lets users define kinds in the federation, and empties its namespaces of them', async () => {
  await using federation = await startFederation({
    name: 'fed',
    dnsDomain: 'example.com',
    storage: createMemoryStorage({ clock: systemClock }),
  });
  const client = federation.client(admin);
  await client.create(customResourceDefinitions, crontabDefinition());
  await expect
    .poll(async () => {
      const { status } = await client.get(customResourceDefinitions, { name: 'crontabs.stable.example.com' });
      return isConditionTrue(status?.conditions, 'Established');
    })
    .toBe(true);
  await client.create(namespaces, { metadata: { name: 'team' } });
  expect(await client.create<KubeObject>(crontabs, { ...crontab('a'), metadata: key })).toMatchObject({
    spec: { replicas: 1 },
  });
  await expect
    .poll(async () => {
      const { items } = await client.list(apiServices);
      const own = items.find(({ metadata }) => metadata.name === 'v1.stable.example.com');
      return findCondition(own?.status?.conditions, 'Available')?.reason;
    })
    .toBe('Local');
  await client.delete(namespaces, { name: 'team' });
  await expect.poll(() => client.get(namespaces, { name: 'team' }).then(() => false, isNotFound)).toBe(true);
  expect((await client.list(crontabs)).items).toEqual([]);
});
