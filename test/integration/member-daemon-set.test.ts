import { afterAll, expect, it } from 'vitest';
import {
  controllerRevisions,
  daemonSets,
  events,
  nodes,
  pods,
  type DaemonSet,
  type Node,
  type Pod,
} from '../../src/apis/index.ts';
import { isReady } from '../../member-cluster/pods/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';

const member = await startTestMember({ nodes: 3 });

afterAll(() => member[Symbol.asyncDispose]());

const { client } = member;
const namespace = 'default';
const nodeNames = (await client.list(nodes)).items.map(({ metadata }) => metadata.name ?? '').sort();

type Spec = NonNullable<DaemonSet['spec']>;

function daemonSetOf(name: string, { template, ...spec }: Partial<Spec> = {}) {
  const labels = { app: name };
  const containers = [{ name: 'c', image: 'agent:1' }];
  return {
    metadata: { namespace, name },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers, ...template?.spec } },
      ...spec,
    },
  };
}

const read = (name: string) => client.get(daemonSets, { namespace, name });

const setImage = (name: string, image: string) =>
  client.patch(
    daemonSets,
    { namespace, name },
    { type: 'strategic', patch: { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } } },
  );

const patchNode = (name: string, patch: Partial<Pick<Node, 'spec'>> & { metadata?: object }) =>
  client.patch(nodes, { name }, { type: 'merge', patch: JSON.parse(JSON.stringify(patch)) as never });

async function podsOf(name: string): Promise<readonly Pod[]> {
  const { items } = await client.list(pods, { namespace, labelSelector: `app=${name}` });
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

async function onePodOf(name: string): Promise<Pod> {
  const [pod] = await podsOf(name);
  if (pod === undefined) throw new Error(`${name} has no pods`);
  return pod;
}

const placesOf = async (name: string) => (await podsOf(name)).map(({ spec }) => spec?.nodeName ?? '').sort();

const imagesOf = async (name: string) =>
  (await podsOf(name)).map(({ spec }) => spec?.containers[0]?.image ?? '').sort();

/** Desired, current, updated, available. */
async function countsOf(name: string) {
  const { status } = await read(name);
  const counts = { updatedNumberScheduled: 0, numberAvailable: 0, ...status };
  return [
    status?.desiredNumberScheduled,
    status?.currentNumberScheduled,
    counts.updatedNumberScheduled,
    counts.numberAvailable,
  ];
}

const wait = { timeout: 5000 };

it('keeps a daemon on every node, whatever is wrong with the node', async () => {
  await client.create(daemonSets, daemonSetOf('agent'));
  await expect.poll(() => countsOf('agent'), wait).toEqual([3, 3, 3, 3]);
  expect(await placesOf('agent')).toEqual(nodeNames);
  const pod = await onePodOf('agent');
  expect(pod.metadata.generateName).toBe('agent-');
  expect(pod.metadata.labels).toMatchObject({ app: 'agent', 'pod-template-generation': '1' });
  expect(pod.spec?.affinity?.nodeAffinity).toEqual({
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        { matchFields: [{ key: 'metadata.name', operator: 'In', values: [pod.spec?.nodeName ?? ''] }] },
      ],
    },
  });
  const troubles = ['disk-pressure', 'memory-pressure', 'not-ready', 'pid-pressure', 'unreachable', 'unschedulable'];
  expect(pod.spec?.tolerations?.map(({ key }) => key).sort()).toEqual(
    troubles.map((trouble) => `node.kubernetes.io/${trouble}`),
  );
  expect((await read('agent')).status).toEqual({
    currentNumberScheduled: 3,
    numberMisscheduled: 0,
    desiredNumberScheduled: 3,
    numberReady: 3,
    observedGeneration: 1,
    updatedNumberScheduled: 3,
    numberAvailable: 3,
  });

  await client.delete(pods, { namespace, name: pod.metadata.name ?? '' }, { gracePeriodSeconds: 0 });
  await expect.poll(() => countsOf('agent'), wait).toEqual([3, 3, 3, 3]);
  expect((await podsOf('agent')).map(({ metadata }) => metadata.uid)).not.toContain(pod.metadata.uid);
});

it('follows the labels and taints of nodes, and nodes that come and go', async () => {
  const [first = '', second = ''] = nodeNames;
  await client.create(
    daemonSets,
    daemonSetOf('disk', {
      template: { spec: { containers: [{ name: 'c', image: 'i' }], nodeSelector: { disk: 'fast' } } },
    }),
  );
  await expect.poll(async () => (await read('disk')).status?.observedGeneration, wait).toBe(1);
  expect(await placesOf('disk')).toEqual([]);
  await patchNode(first, { metadata: { labels: { disk: 'fast' } } });
  await patchNode(second, { metadata: { labels: { disk: 'fast' } } });
  await expect.poll(() => countsOf('disk'), wait).toEqual([2, 2, 2, 2]);
  await patchNode(first, { metadata: { labels: { disk: 'slow' } } });
  await expect.poll(() => placesOf('disk'), wait).toEqual([second]);

  await patchNode(second, { spec: { taints: [{ key: 'mine', value: 'yes', effect: 'NoSchedule' }] } });
  await expect.poll(async () => (await read('disk')).status?.numberMisscheduled, wait).toBe(1);
  expect(await placesOf('disk')).toEqual([second]);
  await patchNode(second, { spec: { taints: [{ key: 'mine', value: 'yes', effect: 'NoExecute' }] } });
  await expect.poll(() => placesOf('disk'), wait).toEqual([]);
  await client.patch(nodes, { name: second }, { type: 'merge', patch: { spec: { taints: null } } });
  await expect.poll(() => countsOf('disk'), wait).toEqual([1, 1, 1, 1]);

  await client.create(nodes, { metadata: { name: 'late', labels: { disk: 'fast' } } });
  await expect.poll(() => countsOf('disk'), wait).toEqual([2, 2, 2, 1]);
  await client.delete(nodes, { name: 'late' });
  await expect.poll(() => countsOf('disk'), wait).toEqual([1, 1, 1, 1]);
});

it('rolls out a new template node by node, keeps the old one, and takes it back', async () => {
  await client.create(daemonSets, daemonSetOf('rolling', { revisionHistoryLimit: 1 }));
  await expect.poll(() => countsOf('rolling'), wait).toEqual([3, 3, 3, 3]);
  const [old] = (await client.list(controllerRevisions, { namespace, labelSelector: 'app=rolling' })).items;
  expect(old).toMatchObject({ revision: 1, data: { spec: { template: { $patch: 'replace' } } } });

  await setImage('rolling', 'agent:2');
  await expect.poll(() => countsOf('rolling'), wait).toEqual([3, 3, 3, 3]);
  await expect.poll(() => imagesOf('rolling'), wait).toEqual(['agent:2', 'agent:2', 'agent:2']);
  const revisions = async () =>
    (await client.list(controllerRevisions, { namespace, labelSelector: 'app=rolling' })).items
      .map(({ revision }) => revision)
      .sort();
  await expect.poll(revisions, wait).toEqual([1, 2]);

  await client.patch(
    daemonSets,
    { namespace, name: 'rolling' },
    { type: 'strategic', patch: JSON.parse(JSON.stringify(old?.data)) as never },
  );
  await expect.poll(() => imagesOf('rolling'), wait).toEqual(['agent:1', 'agent:1', 'agent:1']);
  await expect.poll(revisions, wait).toEqual([2, 3]);
  await setImage('rolling', 'agent:3');
  await expect.poll(() => imagesOf('rolling'), wait).toEqual(['agent:3', 'agent:3', 'agent:3']);
  await expect.poll(revisions, wait).toEqual([3, 4]);
});

it('never has fewer daemons than before where the new one comes first', async () => {
  const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 };
  await client.create(daemonSets, daemonSetOf('surging', { updateStrategy: { type: 'RollingUpdate', rollingUpdate } }));
  await expect.poll(() => countsOf('surging'), wait).toEqual([3, 3, 3, 3]);
  const stop = new AbortController();
  const serving = new Map((await podsOf('surging')).map((pod) => [pod.metadata.uid, pod.spec?.nodeName]));
  let fewest = 3;
  const watching = (async () => {
    const { resourceVersion = '' } = (await client.list(pods, { namespace })).metadata;
    const options = { namespace, labelSelector: 'app=surging', resourceVersion, signal: stop.signal };
    for await (const { type, object } of client.watch(pods, options)) {
      if (type !== 'DELETED' && isReady(object)) serving.set(object.metadata.uid, object.spec?.nodeName);
      else serving.delete(object.metadata.uid);
      fewest = Math.min(fewest, new Set(serving.values()).size);
    }
  })();
  await setImage('surging', 'agent:2');
  await expect.poll(() => imagesOf('surging'), wait).toEqual(['agent:2', 'agent:2', 'agent:2']);
  await expect.poll(() => countsOf('surging'), wait).toEqual([3, 3, 3, 3]);
  stop.abort();
  await watching;
  expect(fewest).toBe(3);
});

it('leaves old daemons where updates are left to the user', async () => {
  await client.create(daemonSets, daemonSetOf('manual', { updateStrategy: { type: 'OnDelete' } }));
  await expect.poll(() => countsOf('manual'), wait).toEqual([3, 3, 3, 3]);
  await setImage('manual', 'agent:2');
  await expect.poll(() => countsOf('manual'), wait).toEqual([3, 3, 0, 3]);
  const pod = await onePodOf('manual');
  await client.delete(pods, { namespace, name: pod.metadata.name ?? '' }, { gracePeriodSeconds: 0 });
  await expect.poll(() => countsOf('manual'), wait).toEqual([3, 3, 1, 3]);
  expect(await imagesOf('manual')).toEqual(['agent:1', 'agent:1', 'agent:2']);
});

it('replaces a daemon that failed, and says so', async () => {
  const pod = await onePodOf('agent');
  const key = { namespace, name: pod.metadata.name ?? '' };
  await client.patch(pods, key, { type: 'merge', patch: { status: { phase: 'Failed' } } }, { subresource: 'status' });
  await expect
    .poll(async () => (await podsOf('agent')).map(({ metadata }) => metadata.uid), wait)
    .not.toContain(pod.metadata.uid);
  await expect.poll(() => countsOf('agent'), wait).toEqual([3, 3, 3, 3]);
  const reasons = async () =>
    (await client.list(events, { namespace, fieldSelector: 'involvedObject.name=agent' })).items.map(
      ({ reason }) => reason,
    );
  await expect
    .poll(reasons)
    .toEqual(expect.arrayContaining(['SuccessfulCreate', 'FailedDaemonPod', 'SuccessfulDelete']));
});
