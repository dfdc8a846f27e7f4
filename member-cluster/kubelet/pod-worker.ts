import { isConflict, isNotFound, keyOf, splitKey } from '../../src/apimachinery/index.ts';
import { pods, type Pod } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock } from '../../src/component-base/index.ts';
import type { ReconcileResult } from '../../src/controller/index.ts';
import { isTerminal } from '../pods/index.ts';
import { isRuntimeError, type ContainerRuntime } from '../runtime/index.ts';
import type { ConfigSource } from './config-source.ts';
import type { PodPlace } from './field-value.ts';
import type { NodeDns } from './pod-dns.ts';
import { PodOperations } from './pod-operations.ts';
import type { ObservedPod } from './observed-pod.ts';
import type { PodEvents } from './pod-events.ts';
import { endOf, planPod } from './pod-plan.ts';
import { PodProbes } from './pod-probes.ts';
import { podStatusOf } from './pod-status.ts';
import type { Prober } from './prober.ts';
import { statusPatch } from './status-patch.ts';

export interface PodWorkerDeps {
  readonly client: Client;
  readonly runtime: ContainerRuntime;
  readonly events: PodEvents;
  readonly prober: Prober;
  readonly clock: Clock;
  readonly config: ConfigSource;
  readonly place: Omit<PodPlace, 'podIP'>;
  readonly dns: NodeDns | undefined;
  /** To be called again soon. */
  readonly wake: () => void;
}

/** With less than this a container could not even hear that it is to end. */
const LEAST_GRACE_SECONDS = 1;
const SOON_MS = 5;

/**
 * One pod on this node, from when it is first seen until nothing of it is left. `sync` never waits for containers: what
 * takes time goes on beside it, one thing at a time, and wakes it at the end.
 */
export class PodWorker {
  readonly uid: string;
  readonly #deps: PodWorkerDeps;
  readonly #operations: PodOperations;
  readonly #probes: PodProbes;
  #pod: Pod;
  /** As the server last answered a write, which may be newer than what the informer has. */
  #written: Pod | undefined;
  #busy: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #stoppingGrace = Infinity;
  #stopped = false;
  #deleted = false;

  constructor(pod: Pod, sandboxId: string | undefined, deps: PodWorkerDeps) {
    this.uid = pod.metadata.uid ?? '';
    this.#pod = pod;
    this.#deps = deps;
    this.#operations = new PodOperations(sandboxId, deps);
    this.#probes = new PodProbes(deps);
  }

  get sandboxId(): string | undefined {
    return this.#operations.sandboxId;
  }

  async sync(pod: Pod, signal: AbortSignal): Promise<ReconcileResult> {
    this.#pod = newer(pod, this.#written);
    this.#throwFailure();
    if (pod.metadata.deletionTimestamp !== undefined) return this.#terminate(pod, signal);
    const plan = planPod(this.#pod, await this.#observe(), this.#deps.clock.now());
    if (plan.actions.length > 0) {
      this.#begin(() => this.#work());
      await this.#soonDone();
    }
    for (const wait of plan.waits ?? []) this.#operations.tellWait(wait, this.#pod);
    await this.#tell(await this.#observe(), signal);
    return plan.dueAt === undefined ? {} : { requeueAfterMs: Math.max(0, plan.dueAt - this.#deps.clock.now()) };
  }

  /** The pod is no more: stops and forgets what is left of it. True when nothing is. */
  vanish(): boolean {
    this.#throwFailure();
    if (this.#stopped) return true;
    this.#begin(() => this.#stop(LEAST_GRACE_SECONDS));
    return false;
  }

  close(): void {
    this.#probes.close();
  }

  async #terminate(pod: Pod, signal: AbortSignal): Promise<ReconcileResult> {
    if (this.#deleted) return {};
    if (!this.#stopped) {
      this.#stopWithin(graceSecondsOf(pod));
      await this.#tell(await this.#observe(), signal);
      return {};
    }
    if ((pod.metadata.finalizers ?? []).length > 0) await this.#tell(await this.#observe(), signal);
    try {
      const preconditions = { uid: this.uid };
      await this.#deps.client.delete(pods, keyed(pod), { gracePeriodSeconds: 0, preconditions, signal });
    } catch (err) {
      // It is gone, or another has its name.
      if (!isNotFound(err) && !isConflict(err)) throw err;
    }
    this.#deleted = true;
    await this.#operations.removeSandbox();
    return {};
  }

  #stopWithin(graceSeconds: number): void {
    if (graceSeconds >= this.#stoppingGrace) return;
    if (this.#busy === undefined) this.#begin(() => this.#stop(graceSeconds));
    else if (this.#stoppingGrace < Infinity) {
      // Asked to be quicker than it is being: the call that waits returns when this one has done it.
      this.#stoppingGrace = graceSeconds;
      this.#operations.stopContainers(this.#pod, graceSeconds).catch((error: unknown) => {
        this.#failure = { error };
      });
    }
  }

  async #stop(graceSeconds: number): Promise<void> {
    this.#stoppingGrace = graceSeconds;
    try {
      this.close();
      await this.#operations.stopAll(this.#pod, graceSeconds);
      this.#stopped = true;
    } finally {
      this.#stoppingGrace = Infinity;
    }
  }

  /** Does what is planned, and what that makes possible, until nothing is left to be done now. */
  async #work(): Promise<void> {
    for (;;) {
      const plan = planPod(this.#pod, await this.#observe(), this.#deps.clock.now());
      if (plan.actions.length === 0 || this.#pod.metadata.deletionTimestamp !== undefined) return;
      for (const action of plan.actions) await this.#operations.perform(action, this.#pod);
    }
  }

  #begin(work: () => Promise<void>): void {
    this.#busy ??= work()
      .catch((error: unknown) => {
        this.#failure = { error };
      })
      .finally(() => {
        this.#busy = undefined;
        this.#deps.wake();
      });
  }

  /** What takes no longer than this is told as done, without a word in between. */
  async #soonDone(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const cancel = this.#deps.clock.after(SOON_MS, () => {
      resolve(undefined);
    });
    await Promise.race([this.#busy, promise]);
    cancel();
  }

  /** What went wrong beside is told here, so that it is logged and tried again with back-off. */
  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  async #observe(): Promise<ObservedPod> {
    const { runtime } = this.#deps;
    const id = this.#operations.sandboxId;
    try {
      const sandbox = id === undefined ? undefined : await runtime.podSandboxStatus(id);
      const statuses = id === undefined ? [] : await runtime.listContainers(id);
      const ordered = statuses.toSorted((a, b) => a.metadata.attempt - b.metadata.attempt);
      const containers = Map.groupBy(ordered, ({ metadata }) => metadata.name);
      const leaving = this.#stopped || this.#stoppingGrace < Infinity;
      const probes = this.#probes.keep(this.#pod, sandbox?.ip ?? '', leaving ? new Map() : containers);
      return { sandbox, containers, failures: this.#operations.failures, probes };
    } catch (err) {
      if (!isRuntimeError(err, 'NotFound')) throw err;
      this.#operations.forgetSandbox();
      return { sandbox: undefined, containers: new Map(), failures: this.#operations.failures, probes: new Map() };
    }
  }

  /** Writes the status when it is not what the server has. */
  async #tell(observed: ObservedPod, signal: AbortSignal): Promise<void> {
    const { client, runtime, clock, place } = this.#deps;
    const pod = this.#pod;
    const { runtimeName } = runtime;
    const now = clock.now();
    const outcome = this.#stopped ? endOf(pod, observed) : planPod(pod, observed, now).outcome;
    // How it ended was told; when nothing is left of it there is nothing to add.
    if (observed.sandbox === undefined && isTerminal(pod)) return;
    const patch = statusPatch(
      pod.status,
      podStatusOf(pod, observed, { nodeAddress: place.nodeAddress, runtimeName, now, outcome }),
    );
    if (patch === undefined) return;
    const options = { subresource: 'status', signal };
    const body = { metadata: { uid: this.uid }, status: patch };
    try {
      this.#written = await client.patch(pods, keyed(pod), { type: 'strategic', patch: body }, options);
      this.#pod = newer(this.#pod, this.#written);
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
  }
}

const keyed = (pod: Pod) => splitKey(keyOf(pod));

function graceSecondsOf({ metadata }: Pod): number {
  return Math.max(LEAST_GRACE_SECONDS, metadata.deletionGracePeriodSeconds ?? LEAST_GRACE_SECONDS);
}

/** Resource versions of one resource are numbers that grow. */
function newer(pod: Pod, other: Pod | undefined): Pod {
  if (other?.metadata.uid !== pod.metadata.uid) return pod;
  const version = ({ metadata }: Pod) => Number(metadata.resourceVersion ?? 0);
  return other !== undefined && version(other) > version(pod) ? other : pod;
}
