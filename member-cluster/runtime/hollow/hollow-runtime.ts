import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { aborted, type Clock } from '../../../src/component-base/index.ts';
import { samePort, type HostPort } from '../../host-ports/index.ts';
import { Broadcast } from '../broadcast.ts';
import {
  RuntimeError,
  type ContainerConfig,
  type ContainerDemand,
  type ContainerEvent,
  type ContainerLogEntry,
  type ContainerLogOptions,
  type ContainerRuntime,
  type ContainerStatus,
  type ContainerStreams,
  type ContainerUsage,
  type ExecCommand,
  type PodSandboxConfig,
  type PodSandboxStatus,
} from '../container-runtime.ts';
import { AddressPool } from './address-pool.ts';
import { HollowCommands } from './hollow-commands.ts';
import { HollowDisks } from './hollow-disks.ts';
import { HollowContainer } from './hollow-container.ts';
import { hollowSettings } from './hollow-settings.ts';
import { PortServer } from './port-server.ts';
import type { DirectoryNode } from './shell/file-system.ts';

export interface HollowRuntimeOptions {
  readonly node: {
    readonly name: string;
    readonly address: string;
    readonly podCIDR: string;
    readonly zone: string;
    readonly region: string;
  };
  readonly clusterName: string;
  readonly clock: Clock;
  /** False: no port is listened on, for simulation. */
  readonly hasNetwork?: boolean;
  /** Where ports are really opened; as they are when absent. */
  readonly hostPort?: HostPort;
  /** Of the cluster; of this node alone when absent. */
  readonly disks?: HollowDisks;
  /** How long the first pull of an image on this node takes. */
  readonly pullMs?: number;
}

export interface HollowRuntime extends ContainerRuntime {
  /** Whether a container at this address has the port and runs long enough to listen on it: what a probe would find. */
  listensOn(ip: string, port: number): boolean;
  /** Cuts all containers off from everybody, who go on without knowing, or joins them again. */
  setReachable(isReachable: boolean): Promise<void>;
}

interface Sandbox {
  readonly id: string;
  readonly config: PodSandboxConfig;
  readonly createdAt: number;
  readonly ip: string;
  readonly containers: Map<string, HollowContainer>;
  readonly volumes: Map<string, DirectoryNode>;
  ready: boolean;
}

/** Containers that are only simulated, and answer on their ports with who and where they are. Gone with the process. */
export function createHollowRuntime(options: HollowRuntimeOptions): HollowRuntime {
  return new Hollow(options);
}

class Hollow implements HollowRuntime {
  readonly name: string;
  readonly runtimeName = 'hollow';
  readonly runtimeVersion = '1.0.0';
  readonly #options: HollowRuntimeOptions;
  readonly #addresses: AddressPool;
  readonly #hostPort: HostPort;
  readonly #ports: PortServer | undefined;
  readonly #disks: HollowDisks;
  readonly #sandboxes = new Map<string, Sandbox>();
  readonly #containers = new Map<string, HollowContainer>();
  readonly #byAddress = new Map<string, Sandbox>();
  readonly #images = new Map<string, Promise<string>>();
  readonly #events = new Broadcast<ContainerEvent>();
  #lastId = 0;
  #isReachable = true;

  constructor(options: HollowRuntimeOptions) {
    this.name = `hollow runtime of ${options.node.name}`;
    this.#options = options;
    this.#addresses = new AddressPool(options.node.podCIDR);
    this.#hostPort = options.hostPort ?? samePort;
    this.#disks = options.disks ?? new HollowDisks();
    this.#ports = options.hasNetwork === false ? undefined : new PortServer(this.#hostPort);
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    ready();
    await aborted(signal);
    for (const id of [...this.#sandboxes.keys()]) await this.removePodSandbox(id);
  }

  async runPodSandbox(config: PodSandboxConfig): Promise<string> {
    hollowSettings(config.annotations);
    const id = this.#nextId(`${config.metadata.uid}/${config.metadata.attempt}`);
    const ip = config.hostNetwork ? this.#options.node.address : this.#addresses.take();
    const createdAt = this.#options.clock.now();
    const sandbox: Sandbox = { id, config, createdAt, ip, containers: new Map(), volumes: new Map(), ready: true };
    this.#sandboxes.set(id, sandbox);
    if (!config.hostNetwork) this.#byAddress.set(ip, sandbox);
    return id;
  }

  async stopPodSandbox(id: string): Promise<void> {
    const sandbox = this.#sandboxes.get(id);
    if (sandbox?.ready !== true) return;
    sandbox.ready = false;
    await Promise.all(sandbox.containers.values().map((container) => container.stop(0)));
    if (sandbox.config.hostNetwork) return;
    this.#byAddress.delete(sandbox.ip);
    this.#addresses.giveBack(sandbox.ip);
  }

  async removePodSandbox(id: string): Promise<void> {
    await this.stopPodSandbox(id);
    for (const containerId of this.#sandboxes.get(id)?.containers.keys() ?? []) await this.removeContainer(containerId);
    this.#sandboxes.delete(id);
  }

  async podSandboxStatus(id: string): Promise<PodSandboxStatus> {
    return statusOf(this.#sandbox(id));
  }

  async listPodSandboxes(): Promise<readonly PodSandboxStatus[]> {
    return [...this.#sandboxes.values().map(statusOf)];
  }

  async pullImage(image: string, sandbox: PodSandboxConfig): Promise<string> {
    const { pullError, pullMs } = hollowSettings(sandbox.annotations);
    const { clock, pullMs: firstPullMs = 0 } = this.#options;
    if (pullMs > 0) await clock.sleep(pullMs);
    if (pullError !== undefined) throw new RuntimeError('ImagePull', `failed to pull image "${image}": ${pullError}`);
    let pulled = this.#images.get(image);
    if (pulled === undefined) {
      pulled = (firstPullMs > 0 ? clock.sleep(firstPullMs) : Promise.resolve()).then(() => referenceTo(image));
      this.#images.set(image, pulled);
    }
    return pulled;
  }

  async createContainer(podSandboxId: string, config: ContainerConfig): Promise<string> {
    const sandbox = this.#sandbox(podSandboxId);
    if (!sandbox.ready) throw new RuntimeError('Invalid', `sandbox ${podSandboxId} was stopped`);
    const { node, clusterName, clock } = this.#options;
    const { name, namespace, uid } = sandbox.config.metadata;
    const id = this.#nextId(`${uid}/${config.metadata.name}/${config.metadata.attempt}`);
    const container = new HollowContainer({
      id,
      podSandboxId,
      config,
      settings: hollowSettings(sandbox.config.annotations, config.metadata.name),
      clock,
      ports: this.#ports,
      commands: new HollowCommands({
        config,
        sandbox: sandbox.config,
        ip: sandbox.ip,
        clock,
        hostPort: this.#hostPort,
        volumes: sandbox.volumes,
        disks: this.#disks,
      }),
      isReachable: () => this.#isReachable,
      identity: {
        pod: name,
        namespace,
        container: config.metadata.name,
        image: config.image,
        ip: sandbox.ip,
        node: node.name,
        zone: node.zone,
        region: node.region,
        cluster: clusterName,
      },
      onChange: (type) => {
        this.#tell(type, sandbox, id);
      },
    });
    this.#containers.set(id, container);
    sandbox.containers.set(id, container);
    this.#tell('CONTAINER_CREATED', sandbox, id);
    return id;
  }

  async startContainer(id: string): Promise<void> {
    await this.#container(id).start();
  }

  async stopContainer(id: string, timeoutSeconds: number): Promise<void> {
    await this.#containers.get(id)?.stop(timeoutSeconds);
  }

  async removeContainer(id: string): Promise<void> {
    const container = this.#containers.get(id);
    if (container === undefined) return;
    await container.stop(0);
    this.#containers.delete(id);
    const sandbox = this.#sandboxes.get(container.podSandboxId);
    if (sandbox?.containers.delete(id) === true) this.#tell('CONTAINER_DELETED', sandbox, id);
  }

  async containerStatus(id: string): Promise<ContainerStatus> {
    return this.#container(id).status();
  }

  async listContainers(podSandboxId: string): Promise<readonly ContainerStatus[]> {
    return [
      ...this.#sandbox(podSandboxId)
        .containers.values()
        .map((container) => container.status()),
    ];
  }

  async containerUsage(id: string, demand: ContainerDemand): Promise<ContainerUsage> {
    return this.#container(id).usage(demand);
  }

  async *containerLogs(id: string, options: ContainerLogOptions): AsyncGenerator<ContainerLogEntry> {
    yield* this.#container(id).output.read(options);
  }

  exec(id: string, command: ExecCommand, streams: ContainerStreams, signal: AbortSignal): Promise<number> {
    return this.#container(id).exec(command, streams, signal);
  }

  attach(id: string, streams: ContainerStreams, signal: AbortSignal): Promise<number> {
    return this.#container(id).attach(streams, signal);
  }

  async portForward(podSandboxId: string, port: number, signal: AbortSignal): Promise<Duplex> {
    const { ip, ready } = this.#sandbox(podSandboxId);
    if (!ready || !this.#isReachable || this.#ports === undefined) {
      throw new RuntimeError('Invalid', `nothing listens on port ${port}`);
    }
    const socket = connect({ host: ip, port: this.#hostPort(ip, port), allowHalfOpen: true, noDelay: true });
    const abort = () => socket.destroy();
    signal.addEventListener('abort', abort, { once: true });
    socket.once('close', () => {
      signal.removeEventListener('abort', abort);
    });
    await once(socket, 'connect');
    return socket;
  }

  containerEvents(signal: AbortSignal): AsyncIterable<ContainerEvent> {
    return this.#events.values(signal);
  }

  listensOn(ip: string, port: number): boolean {
    return (
      this.#byAddress
        .get(ip)
        ?.containers.values()
        .some((container) => container.listensOn(port)) === true
    );
  }

  async setReachable(isReachable: boolean): Promise<void> {
    if (isReachable === this.#isReachable) return;
    this.#isReachable = isReachable;
    await Promise.all(this.#containers.values().map((container) => container.reach()));
  }

  #sandbox(id: string): Sandbox {
    const sandbox = this.#sandboxes.get(id);
    if (sandbox === undefined) throw new RuntimeError('NotFound', `there is no sandbox ${id}`);
    return sandbox;
  }

  #container(id: string): HollowContainer {
    const container = this.#containers.get(id);
    if (container === undefined) throw new RuntimeError('NotFound', `there is no container ${id}`);
    return container;
  }

  #tell(type: ContainerEvent['type'], sandbox: Sandbox, containerId: string): void {
    this.#events.send({ type, containerId, podSandboxId: sandbox.id, podUid: sandbox.config.metadata.uid });
  }

  /** Looks as those of other runtimes do, and is never the same twice on a node. */
  #nextId(subject: string): string {
    return createHash('sha256').update(`${this.#options.node.name}/${subject}/${++this.#lastId}`).digest('hex');
  }
}

function statusOf({ id, config, ready, createdAt, ip }: Sandbox): PodSandboxStatus {
  return { id, metadata: config.metadata, state: ready ? 'READY' : 'NOTREADY', createdAt, ip };
}

/** A digest that every node gives the same image. */
function referenceTo(image: string): string {
  const repository = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  return `${repository}@sha256:${createHash('sha256').update(image).digest('hex')}`;
}
