import { expect, it } from 'vitest';
import { clusters, isReady } from '../../../federation/apis/index.ts';
import type { KubeObject } from '../../../src/apimachinery/index.ts';
import { configMaps, customResourceDefinitions, events, namespaces } from '../../../src/apis/index.ts';
import { crontab, crontabDefinition, crontabs } from '../../harness/definitions.ts';
import { startTestFederation, type TestFederation } from './fixture.ts';

const soon = { timeout: 10_000, interval: 10 };
const confirm = { metadata: { annotations: { 'federation.koinon.dev/confirm': 'true' } } };
const selector = JSON.stringify([{ key: 'tier', operator: '=', values: ['gold'] }]);

/** Ten ConfigMaps in `shop` of two members, which both are gold. */
async function filled(): Promise<TestFederation> {
  const names = ['gce-asia-east1', 'gce-us-east1'];
  const fleet = await startTestFederation({ names, federation: { sync: { blastRadius: { share: 0.5, copies: 10 } } } });
  await expect.poll(async () => (await fleet.admin.list(clusters)).items.filter(isReady).length, soon).toBe(2);
  for (const name of names) await label(fleet, name, 'gold');
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  const annotations = { 'federation.alpha.kubernetes.io/cluster-selector': selector };
  for (let index = 0; index < 10; index++) {
    await fleet.admin.create(configMaps, { metadata: { name: `c-${index}`, namespace: 'shop', annotations } });
  }
  for (const name of names) await expect.poll(() => copies(fleet, name), soon).toBe(10);
  return fleet;
}

const copies = async (fleet: TestFederation, name: string) =>
  (await fleet.member(name).admin.list(configMaps, { namespace: 'shop' })).items.length;

const label = ({ admin }: TestFederation, name: string, tier: string) =>
  admin.patch(clusters, { name }, { type: 'merge', patch: { metadata: { labels: { tier } } } });

const reasons = async ({ admin }: TestFederation) => (await admin.list(events)).items.map(({ reason }) => reason);

it('lets copies leave one of two clusters, and not both without a word', async () => {
  await using fleet = await filled();
  await label(fleet, 'gce-asia-east1', 'silver');
  await expect.poll(() => copies(fleet, 'gce-asia-east1'), soon).toBe(0);
  await label(fleet, 'gce-us-east1', 'silver');
  await expect.poll(() => reasons(fleet), soon).toContain('ConfirmationRequired');
  expect(await copies(fleet, 'gce-us-east1')).toBe(10);

  await fleet.admin.patch(configMaps, { namespace: 'shop', name: 'c-3' }, { type: 'merge', patch: confirm });
  await expect.poll(() => copies(fleet, 'gce-us-east1'), soon).toBe(9);
  await fleet.admin.patch(clusters, { name: 'gce-us-east1' }, { type: 'merge', patch: confirm });
  await label(fleet, 'gce-us-east1', 'bronze');
  await expect.poll(() => copies(fleet, 'gce-us-east1'), { timeout: 15_000, interval: 10 }).toBe(0);
});

it('deletes a namespace with most of the federation in it only when that is meant', async () => {
  await using fleet = await filled();
  const remove = () => fleet.admin.delete(namespaces, { name: 'shop' }, { propagationPolicy: 'Background' });
  await expect(remove()).rejects.toThrow(
    /namespaces "shop" is forbidden: with it 10 of the federation's 10 objects would go from 2 clusters; annotate it with federation\.koinon\.dev\/confirm=true/,
  );
  await fleet.admin.create(namespaces, { metadata: { name: 'other' } });
  await fleet.admin.delete(namespaces, { name: 'other' }, { propagationPolicy: 'Background' });
  await fleet.admin.delete(configMaps, { namespace: 'shop', name: 'c-0' }, { propagationPolicy: 'Background' });
  await fleet.admin.patch(namespaces, { name: 'shop' }, { type: 'merge', patch: confirm });
  await remove();
  await expect.poll(() => copies(fleet, 'gce-us-east1'), soon).toBe(0);
});

it('deletes a definition with most of the federation behind it only when that is meant', async () => {
  await using fleet = await startTestFederation({
    names: ['gce-asia-east1'],
    federation: { sync: { blastRadius: { share: 0.5, copies: 3 } } },
  });
  const name = 'crontabs.stable.example.com';
  await fleet.admin.create(namespaces, { metadata: { name: 'team' } });
  await fleet.admin.create(customResourceDefinitions, crontabDefinition());
  for (const instance of ['a', 'b', 'c', 'd']) {
    const metadata = { name: instance, namespace: 'team' };
    await expect
      .poll(() => fleet.admin.create<KubeObject>(crontabs, { ...crontab(instance), metadata }).catch(() => null), soon)
      .not.toBeNull();
  }
  const member = fleet.member('gce-asia-east1');
  const instances = async () => (await member.admin.list(crontabs).catch(() => ({ items: [] }))).items.length;
  await expect.poll(instances, soon).toBe(4);
  const remove = () => fleet.admin.delete(customResourceDefinitions, { name }, { propagationPolicy: 'Background' });
  await expect(remove()).rejects.toMatchObject({ code: 403 });
  await fleet.admin.patch(customResourceDefinitions, { name }, { type: 'merge', patch: confirm });
  await remove();
  await expect.poll(async () => (await member.admin.list(customResourceDefinitions)).items, soon).toEqual([]);
});
