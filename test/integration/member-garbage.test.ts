import { afterAll, expect, it } from 'vitest';
import { ownerReferenceTo } from '../../src/apimachinery/index.ts';
import { configMaps, type ConfigMap } from '../../src/apis/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';

const member = await startTestMember({ nodes: 0 });

afterAll(() => member[Symbol.asyncDispose]());

const namespace = 'default';

function create(name: string, owners: readonly ConfigMap[] = [], blockOwnerDeletion = false): Promise<ConfigMap> {
  const ownerReferences = owners.map((owner) => ({ ...ownerReferenceTo(owner), blockOwnerDeletion }));
  return member.client.create(configMaps, { metadata: { namespace, name, ownerReferences } });
}

async function names(prefix: string): Promise<readonly string[]> {
  const { items } = await member.client.list(configMaps, { namespace });
  return items.flatMap(({ metadata: { name = '' } }) => (name.startsWith(prefix) ? [name] : [])).sort();
}

const remove = (name: string, propagationPolicy: 'Background' | 'Foreground' | 'Orphan') =>
  member.client.delete(configMaps, { namespace, name }, { propagationPolicy });

it('deletes dependents of what is deleted, and theirs', async () => {
  const root = await create('bg-root');
  const child = await create('bg-child', [root]);
  await create('bg-grandchild', [child]);
  await remove('bg-root', 'Background');
  await expect.poll(() => names('bg-')).toEqual([]);
});

it('keeps what another owner still wants, without the reference to the one that is gone', async () => {
  const [a, b] = [await create('two-a'), await create('two-b')];
  await create('two-child', [a, b]);
  await remove('two-a', 'Background');
  const owners = async () =>
    (await member.client.get(configMaps, { namespace, name: 'two-child' })).metadata.ownerReferences?.map(
      ({ name }) => name,
    );
  await expect.poll(owners).toEqual(['two-b']);
  await remove('two-b', 'Background');
  await expect.poll(() => names('two-')).toEqual([]);
});

it('lets an owner go last when asked to wait for its dependents', async () => {
  const root = await create('fg-root');
  const child = await create('fg-child', [root], true);
  await member.client.create(configMaps, {
    metadata: {
      namespace,
      name: 'fg-grandchild',
      finalizers: ['example.com/hold'],
      ownerReferences: [{ ...ownerReferenceTo(child), blockOwnerDeletion: true }],
    },
  });
  await remove('fg-root', 'Foreground');
  const leaving = async () =>
    (await member.client.list(configMaps, { namespace })).items
      .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
      .map(({ metadata }) => metadata.name);
  await expect.poll(leaving).toEqual(expect.arrayContaining(['fg-root', 'fg-child', 'fg-grandchild']));
  await member.client.patch(
    configMaps,
    { namespace, name: 'fg-grandchild' },
    { type: 'merge', patch: { metadata: { finalizers: null } } },
  );
  await expect.poll(() => names('fg-')).toEqual([]);
});

it('leaves dependents alone when they are to be orphaned', async () => {
  const root = await create('orphan-root');
  await create('orphan-child', [root]);
  await remove('orphan-root', 'Orphan');
  await expect.poll(() => names('orphan-')).toEqual(['orphan-child']);
  const child = await member.client.get(configMaps, { namespace, name: 'orphan-child' });
  expect(child.metadata.ownerReferences ?? []).toEqual([]);
});

it('deletes what names an owner that never was', async () => {
  const owner = await create('late-owner');
  await remove('late-owner', 'Background');
  await expect.poll(() => names('late-')).toEqual([]);
  await create('late-child', [owner]);
  await expect.poll(() => names('late-')).toEqual([]);
});

it.each([2, 3, 5])('does not let a circle of %i owners that wait for each other stand for ever', async (size) => {
  const first = await create(`circle-${size}-0`);
  let last = first;
  for (let index = 1; index < size; index += 1) last = await create(`circle-${size}-${index}`, [last], true);
  await member.client.update(configMaps, {
    ...first,
    metadata: { ...first.metadata, ownerReferences: [{ ...ownerReferenceTo(last), blockOwnerDeletion: true }] },
  });
  await remove(`circle-${size}-0`, 'Foreground');
  await expect.poll(() => names(`circle-${size}-`)).toEqual([]);
});
