import { describe, expect, it } from 'vitest';
import { configMaps, events, secrets } from '../../src/apis/index.ts';
import { main, ready, startCluster, type ClusterUnderTest } from '../harness/kubelet-cluster.ts';

describe('a pod that refers to ConfigMaps and Secrets', () => {
  const metadata = { namespace: 'default', name: 'settings' };
  const reason = async (cluster: ClusterUnderTest) => main(await cluster.pod('web'))?.state?.waiting?.reason;

  it.each([
    ['a variable', { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }] }],
    ['all variables', { envFrom: [{ configMapRef: { name: 'settings' } }] }],
  ])('for %s waits until they are there, and says for what', async (_what, given) => {
    await using cluster = await startCluster();
    await using _node = await cluster.startNode();
    await cluster.createPod('web', { containers: [{ name: 'main', image: 'nginx:1', ...given }] });
    await cluster.until(async () => (await reason(cluster)) === 'CreateContainerConfigError');
    expect(main(await cluster.pod('web'))?.state?.waiting?.message).toBe('configmap "settings" not found');
    expect((await cluster.pod('web')).status?.phase).toBe('Pending');
    await cluster.until(async () => (await cluster.eventReasons('web')).includes('Failed'));
    await cluster.client.create(configMaps, { metadata, data: { a: '1' } });
    await cluster.until(ready(cluster, 'web'));
  });

  it('tells ever more rarely what it still waits for', async () => {
    await using cluster = await startCluster();
    await using _node = await cluster.startNode();
    const envFrom = [{ secretRef: { name: 'settings' } }];
    await cluster.createPod('web', { containers: [{ name: 'main', image: 'nginx:1', envFrom }] });
    await cluster.until(async () => (await reason(cluster)) === 'CreateContainerConfigError');
    let steps = 0;
    await cluster.until(async () => ++steps === 250);
    const { items } = await cluster.client.list(events, { namespace: 'default' });
    expect(items.map(({ reason: told, message, count }) => ({ told, message, count }))).toEqual([
      { told: 'Failed', message: 'secret "settings" not found', count: 4 },
    ]);
  });

  it('for a volume gets nothing before they are there, and says for what', async () => {
    await using cluster = await startCluster();
    await using node = await cluster.startNode();
    const volumes = [{ name: 'keys', secret: { secretName: 'settings', items: [{ key: 'a', path: 'a' }] } }];
    await cluster.createPod('web', { volumes });
    const messages = async () => (await cluster.client.list(events)).items.map(({ message }) => message);
    await cluster.until(async () => (await messages()).includes('volume "keys": secret "settings" not found'));
    expect(await node.runtime.listPodSandboxes()).toEqual([]);
    expect(await reason(cluster)).toBe('ContainerCreating');
    await cluster.client.create(secrets, { metadata, data: { b: 'MQ==' } });
    await cluster.until(async () =>
      (await messages()).includes('volume "keys": secret default/settings has no key "a"'),
    );
    await cluster.client.patch(secrets, metadata, { type: 'merge', patch: { data: { a: 'MQ==' } } });
    await cluster.until(ready(cluster, 'web'));
  });
});
