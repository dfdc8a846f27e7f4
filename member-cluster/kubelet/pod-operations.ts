import type { Container, Pod } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock } from '../../src/component-base/index.ts';
import { isRuntimeError, type ContainerConfig, type ContainerRuntime, type ContainerStatus } from '../runtime/index.ts';
import type { ConfigSource } from './config-source.ts';
import { containerEnv } from './container-env.ts';
import type { PodPlace } from './field-value.ts';
import { isEphemeral, WHOLE_POD, type FailureReason, type StartFailure } from './observed-pod.ts';
import { containerConfigOf, sandboxConfigOf } from './pod-config.ts';
import { dnsProblems, type NodeDns } from './pod-dns.ts';
import type { PodEvents } from './pod-events.ts';
import type { PodAction, PodWait } from './pod-plan.ts';
import { backOffMs } from './restart-delay.ts';
import { claimedVolumes, type ClaimedVolumes } from './claimed-volumes.ts';
import { checkVolumes } from './volume-check.ts';
import { mountsOf } from './volume-content.ts';

export interface PodOperationsDeps {
  readonly runtime: ContainerRuntime;
  readonly config: ConfigSource;
  readonly place: Omit<PodPlace, 'podIP'>;
  readonly events: PodEvents;
  readonly clock: Clock;
  readonly client: Client;
  readonly dns: NodeDns | undefined;
}

/** Somebody is about to make what a pod refers to; nobody has to be spared meanwhile. */
const REFERENCE_RETRY_MS = 2_000;
const ABOUT_REFERENCES: ReadonlySet<FailureReason> = new Set(['FailedMount', 'CreateContainerConfigError']);

type StartAction = PodAction & { readonly type: 'start' };

/** What is done to the containers of one pod. */
export class PodOperations {
  readonly #deps: PodOperationsDeps;
  readonly #failures = new Map<string, StartFailure>();
  /** By name of the container, the attempt that was said to wait. */
  readonly #waiting = new Map<string, number>();
  #sandboxId: string | undefined;
  #claimed: ClaimedVolumes | undefined;

  constructor(sandboxId: string | undefined, deps: PodOperationsDeps) {
    this.#sandboxId = sandboxId;
    this.#deps = deps;
  }

  get sandboxId(): string | undefined {
    return this.#sandboxId;
  }

  /** By name of the container, or `WHOLE_POD`. */
  get failures(): ReadonlyMap<string, StartFailure> {
    return this.#failures;
  }

  /** Says once of an attempt that it has to wait. */
  tellWait({ container, attempt }: PodWait, pod: Pod): void {
    const { name, image = '' } = container;
    const { reason } = this.#failures.get(name) ?? {};
    if (this.#waiting.get(name) === attempt || (reason !== undefined && ABOUT_REFERENCES.has(reason))) return;
    this.#waiting.set(name, attempt);
    const what = reason === 'ErrImagePull' ? `pulling image "${image}"` : `starting container ${name}`;
    this.#deps.events.warning(pod, container, 'BackOff', `waiting longer each time before ${what} again`);
  }

  forgetSandbox(): void {
    this.#sandboxId = undefined;
  }

  async perform(action: PodAction, pod: Pod): Promise<void> {
    switch (action.type) {
      case 'run-sandbox':
        await this.#runSandbox(pod, action.attempt);
        break;
      case 'start':
        await this.#start(pod, action);
        break;
      case 'stop':
        this.#deps.events.stopping(pod, action.name, action.why);
        await this.#deps.runtime.stopContainer(action.id, pod.spec?.terminationGracePeriodSeconds ?? 30);
        break;
      case 'end':
        await this.stopAll(pod, pod.spec?.terminationGracePeriodSeconds ?? 30);
        break;
    }
  }

  /** Asks every container that runs to end, all at the same time. */
  async stopContainers(pod: Pod, graceSeconds: number): Promise<void> {
    const { runtime, events } = this.#deps;
    const running = (await this.#containers()).filter(({ state }) => state !== 'EXITED');
    for (const { metadata } of running) events.stopping(pod, metadata.name, 'the pod is to end');
    await Promise.all(running.map(({ id }) => runtime.stopContainer(id, graceSeconds)));
  }

  /** Ends every container and gives the pod's address back. What they said can still be read. */
  async stopAll(pod: Pod, graceSeconds: number): Promise<void> {
    if (this.#sandboxId === undefined) return;
    await this.stopContainers(pod, graceSeconds);
    await this.#deps.runtime.stopPodSandbox(this.#sandboxId);
  }

  async removeSandbox(): Promise<void> {
    if (this.#sandboxId !== undefined) await this.#deps.runtime.removePodSandbox(this.#sandboxId);
    this.#sandboxId = undefined;
  }

  async #containers(): Promise<readonly ContainerStatus[]> {
    try {
      return this.#sandboxId === undefined ? [] : await this.#deps.runtime.listContainers(this.#sandboxId);
    } catch (err) {
      if (isRuntimeError(err, 'NotFound')) return [];
      throw err;
    }
  }

  async #runSandbox(pod: Pod, attempt: number): Promise<void> {
    const { runtime, events } = this.#deps;
    await this.removeSandbox();
    const mounted = await this.#attempt(pod, undefined, 'FailedMount', async () => {
      await checkVolumes(pod, this.#deps.config);
      return this.#volumesOf(pod);
    });
    if (mounted === undefined) return;
    for (const what of mounted.foreign) events.warning(pod, undefined, 'Unsupported', what);
    this.#failures.delete(WHOLE_POD);
    try {
      for (const problem of dnsProblems(pod, this.#deps.dns)) {
        events.warning(pod, undefined, 'DNSConfigForming', problem);
      }
      this.#sandboxId = await runtime.runPodSandbox(sandboxConfigOf(pod, attempt, this.#deps.dns));
    } catch (err) {
      events.warning(pod, undefined, 'FailedCreatePodSandBox', messageOf(err));
      throw err;
    }
  }

  async #start(pod: Pod, { container, attempt, isTask }: StartAction): Promise<void> {
    const { runtime, events } = this.#deps;
    const { name, image = '' } = container;
    const sandboxId = this.#sandboxId;
    if (sandboxId === undefined) return;
    const env = await this.#attempt(pod, container, 'CreateContainerConfigError', () =>
      this.#envOf(pod, container, sandboxId),
    );
    if (env === undefined) return;
    events.normal(pod, container, 'Pulling', `pulling image "${image}"`);
    const imageRef = await this.#attempt(pod, container, 'ErrImagePull', () =>
      runtime.pullImage(image, sandboxConfigOf(pod, 0, this.#deps.dns)),
    );
    if (imageRef === undefined) return;
    events.normal(pod, container, 'Pulled', `image "${image}" is here`);

    const config = containerConfigOf(container, {
      imageRef,
      attempt,
      isTask,
      isEphemeral: isEphemeral(pod, container),
      env,
      mounts: await this.#mountsOf(pod, container, sandboxId),
    });
    const id = await this.#attempt(pod, container, 'CreateContainerError', () =>
      runtime.createContainer(sandboxId, config),
    );
    if (id === undefined) return;
    events.normal(pod, container, 'Created', `created container ${name}`);

    const started = await this.#attempt(pod, container, 'RunContainerError', async () => {
      await runtime.startContainer(id);
      return true;
    });
    if (started === undefined) return;
    this.#failures.delete(name);
    events.normal(pod, container, 'Started', `started container ${name}`);
    const { message } = await runtime.containerStatus(id);
    if (message !== undefined) events.warning(pod, container, 'Unserved', message);
    await this.#forgetOld(name, attempt);
  }

  async #envOf(pod: Pod, container: Container, sandboxId: string): Promise<ContainerConfig['env']> {
    const { runtime, config, place } = this.#deps;
    const { ip: podIP } = await runtime.podSandboxStatus(sandboxId);
    return containerEnv(container, { pod, config, place: { ...place, podIP } });
  }

  async #mountsOf(pod: Pod, container: Container, sandboxId: string): Promise<ContainerConfig['mounts']> {
    const { runtime, config, place, client } = this.#deps;
    const { ip: podIP } = await runtime.podSandboxStatus(sandboxId);
    const { mounted } = await this.#volumesOf(pod);
    return mountsOf({ pod, container, config, client, persistent: mounted, place: { ...place, podIP } });
  }

  /** Claims stay bound to what they are bound to. */
  async #volumesOf(pod: Pod): Promise<ClaimedVolumes> {
    this.#claimed ??= await claimedVolumes(pod, this.#deps.client);
    return this.#claimed;
  }

  /** The one that ended last is kept, for its log. */
  async #forgetOld(name: string, attempt: number): Promise<void> {
    const old = (await this.#containers()).filter(
      ({ metadata }) => metadata.name === name && metadata.attempt < attempt - 1,
    );
    for (const { id } of old) await this.#deps.runtime.removeContainer(id);
  }

  /** Undefined when it failed, which is noted to be tried again later. */
  async #attempt<T>(
    pod: Pod,
    container: Container | undefined,
    reason: FailureReason,
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    const { events, clock } = this.#deps;
    try {
      return await work();
    } catch (err) {
      const message = messageOf(err);
      const name = container?.name ?? WHOLE_POD;
      const before = this.#failures.get(name);
      const failures = (before?.failures ?? 0) + 1;
      const isReference = ABOUT_REFERENCES.has(reason);
      const retryAt = clock.now() + (isReference ? REFERENCE_RETRY_MS : backOffMs(failures));
      this.#failures.set(name, { reason, message, failures, retryAt });
      if (!isReference || before?.message !== message || isPowerOfTwo(failures)) {
        events.warning(pod, container, container === undefined ? reason : 'Failed', message);
      }
      return undefined;
    }
  }
}

/** What is tried often and fails the same way is told ever more rarely, so that a pod can have other Events too. */
const isPowerOfTwo = (count: number) => Number.isInteger(Math.log2(count));

function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err);
}
