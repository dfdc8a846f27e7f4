import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { findCondition, isNotFound } from '../../src/apimachinery/index.ts';
import { leases, nodes, pods } from '../../src/apis/index.ts';
import { systemClock } from '../../src/component-base/index.ts';
import { isReady } from '../../member-cluster/pods/index.ts';
import { HOLLOW_ANNOTATIONS } from '../../member-cluster/runtime/index.ts';
import { main, ready, startCluster, type ClusterUnderTest } from '../harness/kubelet-cluster.ts';

const gone = (cluster: ClusterUnderTest, name: string) => () =>
  cluster.pod(name).then(
    () => false,
    (err: unknown) => isNotFound(err),
  );

describe('the node', () => {
  it('is registered and kept ready, with a lease', async () => {
    await using cluster = await startCluster();
    await using _node = await cluster.startNode();
    const node = await cluster.client.get(nodes, { name: 'node-1' });
    expect(node.metadata.labels).toMatchObject({
      'kubernetes.io/hostname': 'node-1',
      'kubernetes.io/os': 'linux',
      'topology.kubernetes.io/zone': 'zone-a',
      'topology.kubernetes.io/region': 'region-1',
    });
    expect(node.spec?.podCIDR).toBe('127.9.129.0/24');
    expect(node.status?.allocatable).toEqual({ cpu: '4', memory: '8Gi', pods: '110' });
    expect(node.status?.nodeInfo?.containerRuntimeVersion).toBe('hollow://1.0.0');
    expect(findCondition(node.status?.conditions, 'Ready')?.status).toBe('True');
    const lease = () => cluster.client.get(leases, { namespace: 'kube-node-lease', name: 'node-1' });
    const first = (await lease()).spec?.renewTime;
    await cluster.until(async () => (await lease()).spec?.renewTime !== first);
  });

  it('becomes ready again when it had been given up', async () => {
    await using cluster = await startCluster();
    await using _node = await cluster.startNode();
    const node = await cluster.client.get(nodes, { name: 'node-1' });
    const conditions = node.status?.conditions?.map((each) => ({ ...each, status: 'Unknown' })) ?? [];
    await cluster.client.updateStatus(nodes, { ...node, status: { ...node.status, conditions } });
    await cluster.until(async () => {
      const { status } = await cluster.client.get(nodes, { name: 'node-1' });
      return findCondition(status?.conditions, 'Ready')?.status === 'True';
    });
  });
});

describe('a pod', () => {
  it('runs and is ready', async () => {
    await using cluster = await startCluster();
    await using node = await cluster.startNode();
    await cluster.createPod('web', {});
    await cluster.until(ready(cluster, 'web'));
    const { status } = await cluster.pod('web');
    expect(status).toMatchObject({ phase: 'Running', hostIP: '127.9.1.1', qosClass: 'BestEffort' });
    expect(status?.podIP).toMatch(/^127\.\d+\.\d+\.\d+$/);
    expect(status?.podIPs).toEqual([{ ip: status?.podIP }]);
    expect(status?.conditions?.map(({ type, status: value }) => `${type}=${value}`)).toEqual([
      'PodScheduled=True',
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'ContainersReady=True',
      'Ready=True',
    ]);
    expect(status?.containerStatuses).toMatchObject([
      { name: 'main', ready: true, started: true, restartCount: 0, image: 'nginx:1' },
    ]);
    expect(status?.containerStatuses?.[0]?.containerID).toMatch(/^hollow:\/\/[0-9a-f]{64}$/);
    await cluster.until(async () => (await cluster.eventReasons('web')).length >= 4);
    expect((await cluster.eventReasons('web')).toSorted()).toEqual(['Created', 'Pulled', 'Pulling', 'Started']);
    expect(await node.runtime.listPodSandboxes()).toHaveLength(1);
  });

  it('is written no more than needed', async () => {
    await using cluster = await startCluster();
    await using _node = await cluster.startNode();
    const created = await cluster.createPod('web', {});
    await cluster.until(ready(cluster, 'web'));
    const before = await cluster.pod('web');
    expect(Number(before.metadata.resourceVersion)).toBeGreaterThan(Number(created.metadata.resourceVersion));
    await cluster.until(async () => true);
    expect((await cluster.pod('web')).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  it('of another node is left alone', async () => {
    await using cluster = await startCluster();
    await using node = await cluster.startNode();
    await cluster.createPod('theirs', { nodeName: 'node-2' });
    await cluster.createPod('ours', {});
    await cluster.until(ready(cluster, 'ours'));
    expect((await cluster.pod('theirs')).status?.phase).toBe('Pending');
    expect(await node.runtime.listPodSandboxes()).toHaveLength(1);
  });

  it('goes when it is deleted: not ready at once, ended within its grace period, then gone', async () => {
    await using cluster = await startCluster();
    await using node = await cluster.startNode();
    await cluster.createPod('web', {}, { [HOLLOW_ANNOTATIONS.stopAfter]: '5s' });
    await cluster.until(ready(cluster, 'web'));
    await cluster.client.delete(pods, { namespace: 'default', name: 'web' });
    await cluster.until(async () => !isReady(await cluster.pod('web')));
    expect(main(await cluster.pod('web'))?.state?.running).toBeDefined();
    await cluster.until(gone(cluster, 'web'));
    await cluster.until(async () => (await node.runtime.listPodSandboxes()).length === 0);
    await cluster.until(async () => (await cluster.eventReasons('web')).includes('Killing'));
  });

  it('is replaced by another of the same name', async () => {
    await using cluster = await startCluster();
    await using node = await cluster.startNode();
    await cluster.createPod('web', {});
    await cluster.until(ready(cluster, 'web'));
    await cluster.client.delete(pods, { namespace: 'default', name: 'web' }, { gracePeriodSeconds: 0 });
    const next = await cluster.createPod('web', {});
    await cluster.until(ready(cluster, 'web'));
    await cluster.until(async () => (await node.runtime.listPodSandboxes()).length === 1);
    expect((await node.runtime.listPodSandboxes())[0]?.metadata.uid).toBe(next.metadata.uid);
  });

  it('waits for its readiness probe', async () => {
    await using cluster = await startCluster();
    await using _node = await cluster.startNode();
    const readinessProbe = { httpGet: { port: 'http', path: '/healthz' }, periodSeconds: 1, initialDelaySeconds: 1 };
    const ports = [{ name: 'http', containerPort: 8080 }];
    const containers = [{ name: 'main', image: 'nginx:1', ports, readinessProbe }];
    await cluster.createPod('web', { containers }, { [HOLLOW_ANNOTATIONS.listenAfter]: '5s' });
    await cluster.until(async () => (await cluster.eventReasons('web')).includes('Unhealthy'));
    const waiting = await cluster.pod('web');
    expect(waiting.status?.phase).toBe('Running');
    expect(findCondition(waiting.status?.conditions, 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotReady',
    });
    await cluster.until(ready(cluster, 'web'));
    expect(findCondition((await cluster.pod('web')).status?.conditions, 'Ready')?.reason).toBeUndefined();
  });

  it.each([
    ['good', ['test', '-e', '/etc/hostname'], true],
    ['bad', ['sh', '-c', 'echo broken; exit 1'], false],
  ])('is as ready as the command of its probe is %s', async (_, command, isGood) => {
    await using cluster = await startCluster();
    await using _node = await cluster.startNode();
    const readinessProbe = { exec: { command }, periodSeconds: 1 };
    await cluster.createPod('web', { containers: [{ name: 'main', image: 'nginx:1', readinessProbe }] });
    if (isGood) await cluster.until(ready(cluster, 'web'));
    else await cluster.until(async () => (await cluster.eventReasons('web')).includes('Unhealthy'));
    expect(isReady(await cluster.pod('web'))).toBe(isGood);
  });

  it('that asks for what is not done is told so', async () => {
    await using cluster = await startCluster();
    await using _node = await cluster.startNode();
    const lifecycle = { preStop: { exec: { command: ['sync'] } } };
    await cluster.createPod('web', { containers: [{ name: 'main', image: 'nginx:1', lifecycle }] });
    await cluster.until(async () => (await cluster.eventReasons('web')).includes('Unsupported'));
  });

  it('is started again when its liveness probe fails', async () => {
    await using cluster = await startCluster();
    await using _node = await cluster.startNode();
    const livenessProbe = { tcpSocket: { port: 9999 }, periodSeconds: 1, failureThreshold: 2 };
    const ports = [{ containerPort: 80 }];
    await cluster.createPod('web', { containers: [{ name: 'main', image: 'nginx:1', ports, livenessProbe }] });
    await cluster.until(async () => (main(await cluster.pod('web'))?.restartCount ?? 0) > 0);
    expect(await cluster.eventReasons('web')).toContain('Killing');
  });

  it('runs its init containers to their end, one after the other, before the others', async () => {
    await using cluster = await startCluster();
    await using _node = await cluster.startNode();
    const initContainers = ['one', 'two'].map((name) => ({ name, image: 'busybox' }));
    const first = { [`${HOLLOW_ANNOTATIONS.exitAfter}.one`]: '2s' };
    await cluster.createPod('web', { initContainers }, first);
    const initStates = async () => {
      const { status } = await cluster.pod('web');
      return status?.initContainerStatuses?.map(({ state }) => state?.terminated?.reason ?? state?.waiting?.reason);
    };
    await cluster.until(async () => (await initStates())?.[0] === undefined);
    expect(await initStates()).toEqual([undefined, 'PodInitializing']);
    const during = await cluster.pod('web');
    expect(during.status?.phase).toBe('Pending');
    expect(findCondition(during.status?.conditions, 'Initialized')?.status).toBe('False');
    expect(main(during)?.state?.waiting?.reason).toBe('PodInitializing');
    await cluster.until(ready(cluster, 'web'));
    expect(await initStates()).toEqual(['Completed', 'Completed']);
  });

  it.each([
    { restartPolicy: 'Never', exitCode: '0', phase: 'Succeeded', restarts: 0 },
    { restartPolicy: 'Never', exitCode: '3', phase: 'Failed', restarts: 0 },
    { restartPolicy: 'OnFailure', exitCode: '0', phase: 'Succeeded', restarts: 0 },
  ])(
    'with restartPolicy $restartPolicy that ends with $exitCode is $phase',
    async ({ restartPolicy, exitCode, phase, restarts }) => {
      await using cluster = await startCluster();
      await using _node = await cluster.startNode();
      await cluster.createPod('task', { restartPolicy }, { [HOLLOW_ANNOTATIONS.exitCode]: exitCode });
      await cluster.until(async () => (await cluster.pod('task')).status?.phase === phase);
      const pod = await cluster.pod('task');
      expect(main(pod)).toMatchObject({ restartCount: restarts, ready: false });
      expect(main(pod)?.state?.terminated?.exitCode).toBe(Number(exitCode));
    },
  );

  it('that crashes is started again with growing pauses', async () => {
    await using cluster = await startCluster();
    await using _node = await cluster.startNode();
    const crash = { [HOLLOW_ANNOTATIONS.exitAfter]: '100ms', [HOLLOW_ANNOTATIONS.exitCode]: '1' };
    await cluster.createPod('crashing', {}, crash);
    await cluster.until(async () => main(await cluster.pod('crashing'))?.state?.waiting?.reason === 'CrashLoopBackOff');
    const waiting = main(await cluster.pod('crashing'));
    expect(waiting).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 1, reason: 'Error' } } });
    expect((await cluster.pod('crashing')).status?.phase).toBe('Running');
    await cluster.until(async () => (await cluster.eventReasons('crashing')).includes('BackOff'));
    await cluster.until(async () => (main(await cluster.pod('crashing'))?.restartCount ?? 0) >= 3);
  });

  it('whose image cannot be pulled says so, and tries again', async () => {
    await using cluster = await startCluster();
    await using _node = await cluster.startNode();
    await cluster.createPod('web', {}, { [HOLLOW_ANNOTATIONS.pullError]: 'no such image' });
    const reason = async () => main(await cluster.pod('web'))?.state?.waiting?.reason;
    await cluster.until(async () => (await reason()) === 'ErrImagePull');
    await cluster.until(async () => (await reason()) === 'ImagePullBackOff');
    expect(main(await cluster.pod('web'))?.state?.waiting?.message).toContain('no such image');
    expect((await cluster.pod('web')).status?.phase).toBe('Pending');
  });

  it('that is active for too long has failed', async () => {
    await using cluster = await startCluster();
    await using _node = await cluster.startNode();
    await cluster.createPod('slow', { activeDeadlineSeconds: 3 });
    await cluster.until(ready(cluster, 'slow'));
    await cluster.until(async () => (await cluster.pod('slow')).status?.reason === 'DeadlineExceeded');
    expect((await cluster.pod('slow')).status?.phase).toBe('Failed');
  });
});

describe('a restart of the kubelet', () => {
  it('goes on with the containers that are there and clears away what nobody wants', async () => {
    await using cluster = await startCluster();
    const runtime = cluster.newRuntime();
    const orphan = { name: 'orphan', namespace: 'default', uid: 'orphan-uid', attempt: 0 };
    const config = { hostname: 'x', hostNetwork: false, labels: {}, annotations: {} };
    await runtime.runPodSandbox({ ...config, metadata: orphan });
    const kept = await cluster.createPod('web', {});
    const { uid = '' } = kept.metadata;
    await runtime.runPodSandbox({ ...config, metadata: { ...orphan, name: 'web', uid } });
    await using _node = await cluster.startNode('node-1', { runtime });
    await cluster.until(ready(cluster, 'web'));
    expect((await runtime.listPodSandboxes()).map(({ metadata }) => metadata.uid)).toEqual([uid]);
  });

  it('starts containers again that the runtime has lost, and counts on', async () => {
    await using cluster = await startCluster();
    {
      await using _node = await cluster.startNode();
      await cluster.createPod('web', {});
      await cluster.until(ready(cluster, 'web'));
    }
    await using _node = await cluster.startNode();
    await cluster.until(async () => main(await cluster.pod('web'))?.restartCount === 1);
    await cluster.until(ready(cluster, 'web'));
  });
});

describe('logs', () => {
  it('are those of the container, as asked for', async () => {
    await using cluster = await startCluster();
    await using node = await cluster.startNode();
    await cluster.createPod('web', {});
    await cluster.until(ready(cluster, 'web'));
    const { signal } = new AbortController();
    const read = async (options: object) => {
      const lines = await node.kubelet.logs('default/web', { signal, ...options });
      return (await Array.fromAsync(lines)).join('');
    };
    expect(await read({})).toBe('started nginx:1 as main, attempt 0\n');
    expect(await read({ timestamps: true })).toMatch(/^2026-01-01T00:00:\d\d\.\d{9}Z started/);
    expect(await read({ limitBytes: 7 })).toBe('started');
    expect(await read({ tailLines: 0 })).toBe('');
    await expect(read({ container: 'other' })).rejects.toMatchObject({ code: 400 });
    await expect(read({ previous: true })).rejects.toThrow(
      'previous terminated container "main" in pod "web" not found',
    );
    await expect(node.kubelet.logs('default/none', { signal })).rejects.toMatchObject({ code: 404 });
  });
});

it('pods answer on their address, with who and where they are', async () => {
  await using cluster = await startCluster({ clock: systemClock, hasNetwork: true });
  await using _node = await cluster.startNode();
  const readinessProbe = { httpGet: { port: 8080 } };
  const containers = [{ name: 'main', image: 'nginx:1', ports: [{ containerPort: 8080 }], readinessProbe }];
  await cluster.createPod('web', { containers });
  await cluster.until(ready(cluster, 'web'));
  const { podIP = '' } = (await cluster.pod('web')).status ?? {};
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const call = request({ host: podIP, port: 8080, path: '/?format=json', agent: false }, (response) => {
    text(response).then(resolve, reject);
  });
  call.once('error', reject);
  call.end();
  expect(JSON.parse(await promise)).toMatchObject({
    pod: 'web',
    namespace: 'default',
    node: 'node-1',
    zone: 'zone-a',
    region: 'region-1',
    cluster: 'test-cluster',
  });
});

it('is as ready as the gRPC health service of its port says', async () => {
  await using cluster = await startCluster({ clock: systemClock, hasNetwork: true });
  await using _node = await cluster.startNode();
  const ports = [{ containerPort: 8080 }];
  const probing = (port: number) => [
    { name: 'main', image: 'shop:1', ports, readinessProbe: { grpc: { port, service: 'shop.Cart' } } },
  ];
  await cluster.createPod('serving', { containers: probing(8080) });
  await cluster.createPod('elsewhere', { containers: probing(8081) });
  await cluster.until(ready(cluster, 'serving'));
  await cluster.until(async () => (await cluster.eventReasons('elsewhere')).includes('Unhealthy'));
  expect(await ready(cluster, 'elsewhere')()).toBe(false);
});
