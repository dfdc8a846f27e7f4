import { describe, expect, it } from 'vitest';
import { pods } from '../../src/apis/index.ts';
import { ready, startCluster, type ClusterUnderTest } from '../harness/kubelet-cluster.ts';

describe('an ephemeral container', () => {
  const add = (cluster: ClusterUnderTest, name: string, command: string[]) => {
    const patch = { spec: { ephemeralContainers: [{ name, image: 'busybox', command }] } };
    const options = { subresource: 'ephemeralcontainers' };
    return cluster.client.patch(pods, { namespace: 'default', name: 'web' }, { type: 'strategic', patch }, options);
  };
  const told = async (cluster: ClusterUnderTest) => (await cluster.pod('web')).status?.ephemeralContainerStatuses;

  it('is started once in a pod that runs, and makes no difference to it', async () => {
    await using cluster = await startCluster();
    await using node = await cluster.startNode();
    await cluster.createPod('web', {});
    await cluster.until(ready(cluster, 'web'));
    await add(cluster, 'look', ['sh', '-c', 'echo here; exit 2']);
    await cluster.until(async () => (await told(cluster))?.[0]?.state?.terminated !== undefined);
    expect(await told(cluster)).toMatchObject([
      { name: 'look', ready: false, restartCount: 0, lastState: {}, state: { terminated: { exitCode: 2 } } },
    ]);
    expect(await ready(cluster, 'web')()).toBe(true);
    const { signal } = new AbortController();
    const log = await node.kubelet.logs('default/web', { container: 'look', signal });
    expect(await Array.fromAsync(log)).toEqual(['here\n']);
    await cluster.until(async () => true);
    expect((await told(cluster))?.[0]?.restartCount).toBe(0);
  });

  it('is gone for good when the runtime has lost it', async () => {
    await using cluster = await startCluster();
    {
      await using _node = await cluster.startNode();
      await cluster.createPod('web', {});
      await add(cluster, 'stay', ['sleep', '3600']);
      await cluster.until(async () => (await told(cluster))?.[0]?.state?.running !== undefined);
    }
    await using _again = await cluster.startNode();
    await cluster.until(async () => (await told(cluster))?.[0]?.state?.terminated !== undefined);
    expect(await told(cluster)).toMatchObject([
      { state: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } } },
    ]);
  });
});
