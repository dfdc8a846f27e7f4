import type { Duplex } from 'node:stream';
import { keyOf, notFound, serviceUnavailable } from '../../src/apimachinery/index.ts';
import { pods, type Pod } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { start, type Clock, type Logger, type Runnable } from '../../src/component-base/index.ts';
import {
  controller,
  WorkQueue,
  type EventRecorder,
  type Informer,
  type InformerSet,
  type Key,
  type ReconcileResult,
} from '../../src/controller/index.ts';
import { podIndexes } from '../pods/index.ts';
import type { ContainerRuntime, NodePower } from '../runtime/index.ts';
import { createNodeAgent } from './node-agent.ts';
import { createConfigSource } from './config-source.ts';
import { capacityOf, type KubeletNode } from './node-status.ts';
import { kubeletAnswer, type KubeletAnswer } from './kubelet-answer.ts';
import type { NodeDns } from './pod-dns.ts';
import { connectToPort, runningContainer, type RunningContainer } from './pod-connections.ts';
import { PodEvents } from './pod-events.ts';
import { logAttempt, containerMeant, logText, type PodLogOptions } from './pod-logs.ts';
import { amountsOf, NodeMeter, podUsage, type NodeUsage } from './node-usage.ts';
import { PodWorker } from './pod-worker.ts';
import { samePort } from '../host-ports/index.ts';
import { networkProber, type Prober } from './prober.ts';
import { unsupportedOf } from './unsupported.ts';

export interface KubeletOptions {
  readonly node: KubeletNode;
  /** Of Kubernetes, that it speaks. */
  readonly version?: string;
  /** How containers are asked how they are; over the network when absent. */
  readonly prober?: Prober;
  /** As on the node when absent. */
  readonly dns?: NodeDns;
}

export interface KubeletDeps {
  readonly client: Client;
  /** Shared by all who are in one process; run by whoever made it. */
  readonly informers: InformerSet;
  /** Run by whoever made it, before the kubelet and until after it. */
  readonly runtime: ContainerRuntime;
  /** While it is off nothing is done and nothing is told; always on when absent. Run by whoever made it. */
  readonly power?: NodePower;
  readonly events: Pick<EventRecorder, 'event'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Kubelet extends Runnable {
  /** Text of a container's log, in lines. Rejects with a `StatusError` when there is none. */
  logs(key: Key, options: PodLogOptions): Promise<AsyncIterable<string>>;
  /** Rejects with a `StatusError` when there is none that runs. */
  container(key: Key, name: string | undefined): Promise<RunningContainer>;
  /** A connection to a port of a pod. Rejects when nobody listens there. */
  connect(key: Key, port: number, signal: AbortSignal): Promise<Duplex>;
  /** What it answers on its own port: `/healthz`, `/pods`, `/metrics`. `undefined`: nothing of that name. */
  answer(path: string): Promise<KubeletAnswer | undefined>;
  /** What the node and its pods use now. */
  usage(): Promise<NodeUsage>;
}

const VERSION = 'v1.36.0';
const WORKERS = 16;

/** Runs the pods that are bound to one node. Ready when the node is registered. */
export function createKubelet(options: KubeletOptions, deps: KubeletDeps): Kubelet {
  return new NodeKubelet(options, deps);
}

class NodeKubelet implements Kubelet {
  readonly name: string;
  readonly #options: KubeletOptions;
  readonly #deps: KubeletDeps;
  readonly #pods: Informer<Pod>;
  readonly #queue: WorkQueue;
  readonly #events: PodEvents;
  readonly #meter: NodeMeter;
  readonly #workers = new Map<Key, PodWorker>();
  readonly #keysByUid = new Map<string, Key>();
  /** Sandboxes that were there before this process, by the pod's uid. */
  readonly #found = new Map<string, string>();

  constructor(options: KubeletOptions, deps: KubeletDeps) {
    this.name = `kubelet of ${options.node.name}`;
    this.#options = options;
    this.#deps = deps;
    this.#pods = deps.informers.of(pods, { indexes: podIndexes });
    this.#queue = new WorkQueue(deps.clock, { name: 'kubelet' });
    this.#events = new PodEvents(deps.events);
    this.#meter = new NodeMeter(deps.clock, amountsOf(capacityOf(options.node)));
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { clock, log, client, runtime } = this.#deps;
    const { node, version = VERSION } = this.#options;
    const runtimeVersion = `${runtime.runtimeName}://${runtime.runtimeVersion}`;
    const stopListening = this.#listen();
    try {
      await using running = await start(
        [
          createNodeAgent({ node, version, runtimeVersion }, { client, clock, log, isOn: () => this.#isOn }),
          this.#runtimeEvents(),
          controller({
            name: 'kubelet',
            queue: this.#queue,
            reconcile: (key, stop) => this.#reconcile(key, stop),
            workers: WORKERS,
            synced: (stop) => this.#takeOver(stop),
            clock,
            log,
          }),
        ],
        signal,
      );
      ready();
      await running.done;
    } catch (err) {
      if (!signal.aborted) throw err;
    } finally {
      stopListening();
      for (const worker of this.#workers.values()) worker.close();
    }
  }

  async logs(key: Key, options: PodLogOptions): Promise<AsyncIterable<string>> {
    const { runtime, clock } = this.#deps;
    const pod = this.#reachable(key);
    const name = containerMeant(pod, options.container);
    const sandboxId = this.#workers.get(key)?.sandboxId;
    const containers = sandboxId === undefined ? [] : await runtime.listContainers(sandboxId);
    const attempts = containers
      .filter(({ metadata }) => metadata.name === name)
      .toSorted((a, b) => a.metadata.attempt - b.metadata.attempt);
    const { id } = logAttempt(pod, name, attempts, options.previous ?? false);
    return logText(runtime, id, options, clock.now());
  }

  async container(key: Key, name: string | undefined): Promise<RunningContainer> {
    const pod = this.#reachable(key);
    return runningContainer(this.#deps.runtime, pod, this.#workers.get(key)?.sandboxId, name);
  }

  async connect(key: Key, port: number, signal: AbortSignal): Promise<Duplex> {
    const pod = this.#reachable(key);
    return connectToPort(this.#deps.runtime, pod, this.#workers.get(key)?.sandboxId, { port, signal });
  }

  async answer(path: string): Promise<KubeletAnswer | undefined> {
    this.#requireOn();
    const { name } = this.#options.node;
    return kubeletAnswer(path, { nodeName: name, pods: this.#ownPods(), usage: () => this.usage() });
  }

  async usage(): Promise<NodeUsage> {
    this.#requireOn();
    const { runtime } = this.#deps;
    const own = this.#ownPods();
    const usages = await Promise.all(
      own.map((pod) => podUsage(runtime, pod, this.#workers.get(keyOf(pod))?.sandboxId)),
    );
    return this.#meter.read(usages);
  }

  #ownPods(): readonly Pod[] {
    return this.#pods.lister.byIndex('node', this.#options.node.name);
  }

  #reachable(key: Key): Pod {
    this.#requireOn();
    const pod = this.#ownPod(key);
    if (pod === undefined) throw notFound(pods, key.slice(key.indexOf('/') + 1));
    return pod;
  }

  #requireOn(): void {
    if (!this.#isOn) throw serviceUnavailable(`the kubelet of ${this.#options.node.name} does not answer`);
  }

  get #isOn(): boolean {
    return this.#deps.power?.isOn ?? true;
  }

  #listen(): () => void {
    const stopPods = this.#pods.onEvent(({ key, object }) => {
      if (object.spec?.nodeName === this.#options.node.name) this.#queue.add(key);
    });
    const stopPower = this.#deps.power?.onChange(() => {
      for (const [key, worker] of this.#workers) {
        worker.close();
        this.#queue.add(key);
      }
      for (const pod of this.#ownPods()) this.#queue.add(keyOf(pod));
    });
    return () => {
      stopPods();
      stopPower?.();
    };
  }

  /** What the runtime still has of pods that are no more is cleared away; what it has of others is gone on with. */
  async #takeOver(signal: AbortSignal): Promise<void> {
    const { informers, runtime } = this.#deps;
    await informers.synced(signal);
    const own = this.#ownPods();
    const uids = new Set(own.map(({ metadata }) => metadata.uid));
    for (const { id, metadata } of await runtime.listPodSandboxes()) {
      if (uids.has(metadata.uid)) this.#found.set(metadata.uid, id);
      else await runtime.removePodSandbox(id);
    }
  }

  #runtimeEvents(): Runnable {
    const { runtime } = this.#deps;
    return {
      name: 'runtime events',
      run: async (signal, ready) => {
        ready();
        for await (const { podUid } of runtime.containerEvents(signal)) {
          const key = this.#keysByUid.get(podUid);
          if (key !== undefined) this.#queue.add(key);
        }
      },
    };
  }

  async #reconcile(key: Key, signal: AbortSignal): Promise<ReconcileResult> {
    if (!this.#isOn) return {};
    const pod = this.#ownPod(key);
    const worker = this.#workers.get(key);
    if (worker !== undefined && worker.uid !== pod?.metadata.uid) {
      if (!worker.vanish()) return {};
      await this.#forget(key, worker);
    }
    if (pod === undefined) return {};
    return (this.#workers.get(key) ?? this.#newWorker(key, pod)).sync(pod, signal);
  }

  #ownPod(key: Key): Pod | undefined {
    const pod = this.#pods.lister.get(key);
    return pod?.spec?.nodeName === this.#options.node.name ? pod : undefined;
  }

  #newWorker(key: Key, pod: Pod): PodWorker {
    const { client, runtime, clock } = this.#deps;
    const { prober = networkProber(samePort), node, dns } = this.#options;
    const uid = pod.metadata.uid ?? '';
    const worker = new PodWorker(pod, this.#found.get(uid), {
      client,
      runtime,
      clock,
      prober,
      events: this.#events,
      config: createConfigSource(client),
      dns,
      place: { nodeAddress: node.address, allocatable: capacityOf(node) },
      wake: () => {
        this.#queue.add(key);
      },
    });
    for (const what of unsupportedOf(pod)) this.#events.warning(pod, undefined, 'Unsupported', what);
    this.#found.delete(uid);
    this.#workers.set(key, worker);
    this.#keysByUid.set(uid, key);
    return worker;
  }

  async #forget(key: Key, worker: PodWorker): Promise<void> {
    worker.close();
    this.#workers.delete(key);
    this.#keysByUid.delete(worker.uid);
    if (worker.sandboxId !== undefined) await this.#deps.runtime.removePodSandbox(worker.sandboxId);
  }
}
