import { expect } from 'vitest';
import {
  configMaps,
  events,
  leases,
  namespaces,
  nodes,
  pods,
  secrets,
  typeTable,
  type Pod,
} from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { FakeClock, silentLogger, start, type Clock } from '../../src/component-base/index.ts';
import { createEventRecorder, createInformerSet } from '../../src/controller/index.ts';
import { startTestApiServer } from './api-server.ts';
import { isReady, podIndexes } from '../../member-cluster/pods/index.ts';
import { createHollowRuntime, type HollowRuntime } from '../../member-cluster/runtime/index.ts';
import { createKubelet, type Kubelet, type Prober } from '../../member-cluster/kubelet/index.ts';

export interface NodeUnderTest extends AsyncDisposable {
  readonly kubelet: Kubelet;
  readonly runtime: HollowRuntime;
}

export interface ClusterUnderTest extends AsyncDisposable {
  readonly client: Client;
  /** Moves time and waits for what it brings, until `condition` holds. */
  until(condition: () => Promise<unknown>): Promise<void>;
  startNode(name?: string, options?: { readonly runtime?: HollowRuntime }): Promise<NodeUnderTest>;
  newRuntime(name?: string): HollowRuntime;
  createPod(name: string, spec: Partial<NonNullable<Pod['spec']>>, annotations?: Record<string, string>): Promise<Pod>;
  pod(name: string): Promise<Pod>;
  eventReasons(name: string): Promise<string[]>;
}

/** The status of a pod's first container. */
export function main(pod: Pod) {
  return pod.status?.containerStatuses?.[0];
}

export function ready(cluster: ClusterUnderTest, name: string): () => Promise<boolean> {
  return async () => isReady(await cluster.pod(name));
}

const log = silentLogger;
const blocks = { last: 0 };

export interface ClusterOptions {
  readonly clock?: Clock;
  /** True: pods listen on addresses of loopback, and probes go there. */
  readonly hasNetwork?: boolean;
}

/** An API server, and as many nodes as wanted, with no scheduler: pods are created bound to `node-1`. */
export async function startCluster(options: ClusterOptions = {}): Promise<ClusterUnderTest> {
  const { clock = new FakeClock(), hasNetwork = false } = options;
  const resources = [configMaps, events, leases, namespaces, nodes, pods, secrets];
  const names = ['default', 'kube-node-lease'];
  const server = await startTestApiServer({ resources, types: typeTable, namespaces: names, clock });
  const client = server.admin;
  const informers = createInformerSet(client, { clock, log });
  informers.of(pods, { indexes: podIndexes });
  const recorder = createEventRecorder(client, 'kubelet', { clock, log });
  const running = await start([informers, recorder]);
  const newRuntime = (name = 'node-1') => {
    const podCIDR = `127.${20 + (process.pid % 200)}.${128 + (++blocks.last % 60)}.0/24`;
    return createHollowRuntime({ node: { ...nodeOf(name), podCIDR }, clusterName: 'test-cluster', clock, hasNetwork });
  };
  return {
    ...objectsOf(client),
    newRuntime,
    until: (condition) => untilTrue(clock, condition),
    startNode: async (name = 'node-1', { runtime = newRuntime(name) } = {}) => {
      const node = { ...nodeOf(name), podCIDR: '127.9.129.0/24' };
      const prober = hasNetwork ? {} : { prober: simulatedProber(runtime) };
      const deps = { client, informers, runtime, events: recorder, clock, log };
      return startNode(runtime, createKubelet({ node, ...prober }, deps));
    },
    [Symbol.asyncDispose]: async () => {
      await running.stop();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function startNode(runtime: HollowRuntime, kubelet: Kubelet): Promise<NodeUnderTest> {
  const runtimeRunning = await start([runtime]);
  const kubeletRunning = await start([kubelet]);
  return {
    kubelet,
    runtime,
    [Symbol.asyncDispose]: async () => {
      await kubeletRunning.stop();
      await runtimeRunning.stop();
    },
  };
}

function simulatedProber(runtime: HollowRuntime): Prober {
  return async (target) => {
    if (target.type !== 'http' && target.type !== 'tcp')
      throw new Error(`nothing answers a probe of type ${target.type}`);
    if (!runtime.listensOn(target.host, target.port)) throw new Error('connection refused');
  };
}

async function untilTrue(clock: Clock, condition: () => Promise<unknown>): Promise<void> {
  const look = async () => {
    if (clock instanceof FakeClock) await clock.advance(100);
    return condition();
  };
  await expect.poll(look, { interval: 1, timeout: 10_000 }).toBeTruthy();
}

function objectsOf(client: Client): Pick<ClusterUnderTest, 'client' | 'createPod' | 'pod' | 'eventReasons'> {
  return {
    client,
    createPod: (name, spec, annotations = {}) =>
      client.create(pods, {
        metadata: { namespace: 'default', name, annotations },
        spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'nginx:1' }], ...spec },
      }),
    pod: (name) => client.get(pods, { namespace: 'default', name }),
    eventReasons: async (name) => {
      const list = await client.list(events, { namespace: 'default' });
      return list.items.filter((event) => event.involvedObject.name === name).map((event) => event.reason ?? '');
    },
  };
}

function nodeOf(name: string) {
  return { name, address: '127.9.1.1', zone: 'zone-a', region: 'region-1' };
}
