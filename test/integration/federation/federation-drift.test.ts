import { expect, it } from 'vitest';
import { isObject } from '../../../src/apimachinery/index.ts';
import { configMaps, events, namespaces, services } from '../../../src/apis/index.ts';
import { startTestFederation, type TestFederation, type TestMember } from './fixture.ts';

const soon = { timeout: 10_000, interval: 10 };
const key = { namespace: 'shop', name: 'settings' };
const drift = (mode: string) => ({ 'federation.koinon.dev/drift': mode });

async function started(mode: string): Promise<{ fleet: TestFederation; member: TestMember }> {
  const fleet = await startTestFederation({ names: ['gce-asia-east1'] });
  const [member] = fleet.members as [TestMember];
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  await fleet.admin.create(configMaps, { metadata: { ...key, annotations: drift(mode) }, data: { a: '1' } });
  return { fleet, member };
}

const dataOf = async ({ admin }: TestMember) => (await admin.get(configMaps, key).catch(() => undefined))?.data;
const edit = ({ admin }: Pick<TestMember, 'admin'>, a: string) =>
  admin.patch(configMaps, key, { type: 'merge', patch: { data: { a } } });
const reasons = async ({ admin }: TestFederation) => (await admin.list(events)).items.map(({ reason }) => reason);

/** What the object says of copies that are not as they shall be. */
async function troubled({ admin }: TestFederation): Promise<unknown> {
  const { metadata } = await admin.get(configMaps, key);
  const record: unknown = JSON.parse(metadata.annotations?.['federation.koinon.dev/placement'] ?? '{}');
  return isObject(record) ? record['troubled'] : undefined;
}

/** Whatever was to be done before this has been done. */
async function passed({ admin }: TestFederation, member: TestMember, name: string): Promise<void> {
  await admin.create(services, { metadata: { name, namespace: 'shop' }, spec: { ports: [{ port: 80 }] } });
  const shard = () => member.admin.get(services, { namespace: 'shop', name }).catch(() => undefined);
  await expect.poll(shard, soon).toBeDefined();
}

it('reports what somebody changed in a member, and leaves it until the object itself changes', async () => {
  const { fleet, member } = await started('report');
  await using _fleet = fleet;
  await expect.poll(() => dataOf(member), soon).toEqual({ a: '1' });
  await edit(member, 'theirs');
  await expect.poll(() => reasons(fleet), soon).toContain('DriftInCluster');
  await expect.poll(() => troubled(fleet), soon).toHaveProperty(['drift', 'gce-asia-east1']);
  const before = await fleet.admin.get(configMaps, key);
  await fleet.restart();
  await passed(fleet, member, 'web');
  expect(await dataOf(member)).toEqual({ a: 'theirs' });
  expect(await fleet.admin.get(configMaps, key)).toEqual(before);
  await edit(fleet, '2');
  await expect.poll(() => dataOf(member), soon).toEqual({ a: '2' });
  await expect.poll(() => troubled(fleet), soon).toBeUndefined();
});

it('writes nothing while it is paused, but lets what is deleted go', async () => {
  const { fleet, member } = await started('enforce');
  await using _fleet = fleet;
  await expect.poll(() => dataOf(member), soon).toEqual({ a: '1' });
  const annotate = (mode: string) =>
    fleet.admin.patch(configMaps, key, { type: 'merge', patch: { metadata: { annotations: drift(mode) } } });
  await annotate('pause');
  await edit(fleet, '2');
  await edit(member, 'theirs');
  await passed(fleet, member, 'web');
  expect(await dataOf(member)).toEqual({ a: 'theirs' });
  await annotate('enforce');
  await expect.poll(() => dataOf(member), soon).toEqual({ a: '2' });
  await annotate('pause');
  await fleet.admin.delete(configMaps, key, { propagationPolicy: 'Background' });
  await expect.poll(() => dataOf(member), soon).toBeUndefined();
});
