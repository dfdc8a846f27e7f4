import { afterAll, expect, it } from 'vitest';
import { isStatusError } from '../../src/apimachinery/index.ts';
import {
  bindings,
  type Binding,
  limitRanges,
  namespaces,
  nodes,
  persistentVolumeClaims,
  pods,
  priorityClasses,
} from '../../src/apis/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';

const member = await startTestMember({ nodes: 0 });

afterAll(() => member[Symbol.asyncDispose]());

it('has the classes of what a cluster cannot do without', async () => {
  const { items } = await member.client.list(priorityClasses);
  expect(items.map(({ metadata, value }) => [metadata.name, value])).toEqual([
    ['system-cluster-critical', 2_000_000_000],
    ['system-node-critical', 2_000_001_000],
  ]);
});

it('binds a pod at the older address too', async () => {
  const { client } = member;
  await client.create(nodes, { metadata: { name: 'n1' } });
  const key = { namespace: 'default', name: 'web' };
  const spec = { schedulerName: 'none', containers: [{ name: 'c', image: 'i' }] };
  await client.create(pods, { metadata: key, spec });
  await client.create(bindings, { metadata: key, target: { kind: 'Node', name: 'n1' } });
  expect((await client.get(pods, key)).spec?.nodeName).toBe('n1');
  const refused = client.create(bindings, { metadata: key, target: { kind: 'Pod', name: 'n1' } });
  await expect(refused).rejects.toSatisfy((err) => isStatusError(err, 'Invalid'));
  const bindAs = (name: string, target: object) =>
    client.createSubresource<Binding>(pods, key, 'binding', { metadata: { ...key, name }, target });
  await expect(bindAs('other', { name: 'n1' })).rejects.toThrow('name in URL does not match name in Binding object');
  await expect(bindAs('web', {})).rejects.toThrow('target.name: Required value');
});

it('empties a namespace of whatever is stored in it', async () => {
  const { client } = member;
  await client.create(namespaces, { metadata: { name: 'gone' } });
  const metadata = { namespace: 'gone', name: 'a' };
  await client.create(limitRanges, { metadata, spec: { limits: [{ type: 'Pod', max: { cpu: '1' } }] } });
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  await client.create(persistentVolumeClaims, { metadata, spec });
  await client.delete(namespaces, { name: 'gone' });
  await expect
    .poll(async () => (await client.list(namespaces, { fieldSelector: 'metadata.name=gone' })).items, {
      timeout: 10_000,
    })
    .toEqual([]);
  expect((await client.list(persistentVolumeClaims)).items).toEqual([]);
});
