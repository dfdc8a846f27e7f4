import type { Duplex, Readable, Writable } from 'node:stream';
import type { Runnable } from '../../src/component-base/index.ts';

/** Times are milliseconds since the epoch. The words are those of CRI, `runtime.v1`. */
export interface PodSandboxConfig {
  readonly metadata: PodSandboxMetadata;
  readonly hostname: string;
  /** Shares the node's address instead of getting one. */
  readonly hostNetwork: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** Of the pod; a runtime may have some of its own. */
  readonly annotations: Readonly<Record<string, string>>;
  /** How names are looked up in its containers; as on the node when absent. */
  readonly dns?: ResolverConfig;
  /** Lines for its containers' /etc/hosts beside the usual ones. */
  readonly hosts?: readonly { readonly ip: string; readonly names: readonly string[] }[];
  /** Its whole name in the cluster, where a Service gives it one. */
  readonly domainName?: string;
}

/** What a resolv.conf says; `options` as written there, `ndots:5`. */
export interface ResolverConfig {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

export interface PodSandboxMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** Counts the sandboxes of one pod. */
  readonly attempt: number;
}

export interface PodSandboxStatus {
  readonly id: string;
  readonly metadata: PodSandboxMetadata;
  readonly state: 'READY' | 'NOTREADY';
  readonly createdAt: number;
  readonly ip: string;
}

export interface ContainerConfig {
  readonly metadata: ContainerMetadata;
  /** As the pod says. */
  readonly image: string;
  /** What `pullImage` gave. */
  readonly imageRef: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir: string;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly ports: readonly ContainerPortConfig[];
  /** It is expected to end by itself: an init container, or a task of a pod that does not restart it for ever. */
  readonly runsToCompletion: boolean;
  /** None when absent. */
  readonly mounts?: readonly ContainerMount[];
  /** Its standard input can be attached to. */
  readonly stdin?: boolean;
  /** Which ends with who was attached to it first. */
  readonly stdinOnce?: boolean;
  readonly tty?: boolean;
  /** Somebody looks around in a pod with it: added while the pod runs, never started again. */
  readonly isEphemeral?: boolean;
}

export interface ContainerMount {
  readonly containerPath: string;
  /** Containers of one pod with the same volume see the same files. */
  readonly volume: string;
  readonly readOnly: boolean;
  /** The name of a volume that outlives the pod: whoever mounts it sees the same files. */
  readonly persistent?: string;
  /** What the volume holds now, by relative path; absent for one that begins empty and is written to. */
  readonly content?: () => Promise<ReadonlyMap<string, Buffer>>;
  /** This file or folder of it alone. */
  readonly subPath?: string;
}

/** What somebody attached to a container reads and writes; absent what he does not want. */
export interface ContainerStreams {
  readonly stdin?: Readable;
  readonly stdout?: Writable;
  readonly stderr?: Writable;
  onResize(listener: (size: { readonly width: number; readonly height: number }) => void): void;
}

export interface ContainerMetadata {
  readonly name: string;
  /** Counts the containers of one name in a pod: how often it was restarted. */
  readonly attempt: number;
}

export interface ContainerPortConfig {
  readonly containerPort: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

export interface ContainerStatus {
  readonly id: string;
  readonly podSandboxId: string;
  readonly metadata: ContainerMetadata;
  readonly state: 'CREATED' | 'RUNNING' | 'EXITED';
  readonly image: string;
  readonly imageRef: string;
  readonly createdAt: number;
  /** Absent until it was started. */
  readonly startedAt?: number;
  /** Absent until it has exited. */
  readonly exit?: ContainerExit;
  /** What someone should know of it, such as a port that cannot be listened on. */
  readonly message?: string;
}

export interface ContainerExit {
  readonly finishedAt: number;
  readonly exitCode: number;
  /** `Completed`, `Error`, `OOMKilled`. */
  readonly reason: string;
}

/** What of a pod a runtime goes by that simulates what containers use: as it is today, not as it was when they began. */
export interface ContainerDemand {
  /** Of the pod. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly requests: ResourceAmounts;
  readonly limits: ResourceAmounts;
}

/** Absent what nothing was said of. */
export interface ResourceAmounts {
  readonly cpuNanoCores?: number;
  readonly memoryBytes?: number;
}

export interface ContainerUsage {
  readonly cpuNanoCores: number;
  /** Of all cores since the container was started. Only grows. */
  readonly cpuCoreNanoseconds: number;
  readonly memoryBytes: number;
}

export interface ContainerLogEntry {
  readonly at: number;
  readonly stream: 'stdout' | 'stderr';
  /** Without the end of the line. */
  readonly line: string;
}

export interface ContainerLogOptions {
  readonly signal: AbortSignal;
  /** Goes on until the container has exited. */
  readonly follow?: boolean;
  /** Begins with so many of the lines that are there. */
  readonly tailLines?: number;
  /** Without lines that are older. */
  readonly since?: number;
}

export interface ContainerEvent {
  readonly type: 'CONTAINER_CREATED' | 'CONTAINER_STARTED' | 'CONTAINER_STOPPED' | 'CONTAINER_DELETED';
  readonly containerId: string;
  readonly podSandboxId: string;
  readonly podUid: string;
}

/**
 * What the kubelet of one node needs of what runs its containers. As a Runnable: ready when it can be used; when its
 * signal aborts it lets go of what cannot outlive this process. Sandboxes and containers that can, stay, and are found
 * by `list…` when it runs again. Every call rejects with a `RuntimeError`.
 */
export interface ContainerRuntime extends Runnable {
  /** `hollow://1.0.0`: how the node's status and container ids name it. */
  readonly runtimeName: string;
  readonly runtimeVersion: string;

  /** Makes the pod's environment, its address above all. Resolves to the sandbox's id when it is READY. */
  runPodSandbox(config: PodSandboxConfig): Promise<string>;
  /** Stops what still runs in it at once and takes its address back. Does nothing a second time, or when it is gone. */
  stopPodSandbox(id: string): Promise<void>;
  /** Stops it if need be and forgets it with its containers. Does nothing when it is gone. */
  removePodSandbox(id: string): Promise<void>;
  podSandboxStatus(id: string): Promise<PodSandboxStatus>;
  listPodSandboxes(): Promise<readonly PodSandboxStatus[]>;

  /** Resolves to a reference to exactly this image. Rejects with `ImagePull`. */
  pullImage(image: string, sandbox: PodSandboxConfig): Promise<string>;

  createContainer(podSandboxId: string, config: ContainerConfig): Promise<string>;
  /** Resolves when it runs: when its process was started, not when it is ready. */
  startContainer(id: string): Promise<void>;
  /**
   * Asks it to end, and makes it after `timeoutSeconds`. Resolves when it has exited, or when it did long ago or is gone.
   */
  stopContainer(id: string, timeoutSeconds: number): Promise<void>;
  /** Forgets it with its log. Stops it at once if need be. Does nothing when it is gone. */
  removeContainer(id: string): Promise<void>;
  containerStatus(id: string): Promise<ContainerStatus>;
  /** Of all attempts that were not removed. */
  listContainers(podSandboxId: string): Promise<readonly ContainerStatus[]>;
  /** What a container that runs uses now. Rejects with `Invalid` for another one, or when it cannot be told. */
  containerUsage(id: string, demand: ContainerDemand): Promise<ContainerUsage>;
  /** What is kept of its output, in order. Ends at the end of it, or quietly when the signal aborts. */
  containerLogs(id: string, options: ContainerLogOptions): AsyncIterable<ContainerLogEntry>;

  /**
   * Runs another command in a container that runs. Resolves to its exit code; ends none of the streams. Rejects with
   * `Invalid` unless the container runs, and when the signal aborts, which ends the command.
   */
  exec(id: string, command: ExecCommand, streams: ContainerStreams, signal: AbortSignal): Promise<number>;
  /** Output from now on, and input where the container takes it, until it has exited; resolves to its exit code. */
  attach(id: string, streams: ContainerStreams, signal: AbortSignal): Promise<number>;
  /** A connection to a port of the pod, whoever listens there. Rejects when nobody does. */
  portForward(podSandboxId: string, port: number, signal: AbortSignal): Promise<Duplex>;

  /** What happens to containers from now on. Ends quietly when the signal aborts. Look at the state as well: events may be missed. */
  containerEvents(signal: AbortSignal): AsyncIterable<ContainerEvent>;
}

export interface ExecCommand {
  readonly command: readonly string[];
  readonly tty: boolean;
}

export type RuntimeErrorCode =
  | 'NotFound'
  /** The image cannot be had. */
  | 'ImagePull'
  /** What is asked for cannot be done: a bad setting, a state that forbids it. */
  | 'Invalid'
  /** The runtime does not answer, or has no address left. */
  | 'Unavailable';

export class RuntimeError extends Error {
  readonly code: RuntimeErrorCode;

  constructor(code: RuntimeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RuntimeError';
    this.code = code;
  }
}

export function isRuntimeError(err: unknown, code?: RuntimeErrorCode): err is RuntimeError {
  return err instanceof RuntimeError && (code === undefined || err.code === code);
}
