import type { Clock } from '../../../src/component-base/index.ts';
import { ContainerLog } from '../container-log.ts';
import { CpuMeter } from '../cpu-meter.ts';
import {
  RuntimeError,
  type ContainerConfig,
  type ContainerDemand,
  type ContainerExit,
  type ContainerStatus,
  type ContainerStreams,
  type ContainerUsage,
  type ExecCommand,
} from '../container-runtime.ts';
import { write } from './shell/process.ts';
import type { HollowCommands } from './hollow-commands.ts';
import { HollowProcess, ownCommand } from './hollow-process.ts';
import type { HollowSettings } from './hollow-settings.ts';
import { hollowUsage } from './hollow-usage.ts';
import type { Identity } from './identity.ts';
import type { Answering, Listening, PortServer } from './port-server.ts';

export interface HollowContainerDeps {
  readonly id: string;
  readonly podSandboxId: string;
  readonly config: ContainerConfig;
  readonly identity: Identity;
  readonly settings: HollowSettings;
  readonly clock: Clock;
  /** Absent when nothing listens, for simulation. */
  readonly ports: PortServer | undefined;
  readonly commands: HollowCommands;
  /** False: the node is dark, nobody gets through to it. */
  readonly isReachable: () => boolean;
  readonly onChange: (type: 'CONTAINER_STARTED' | 'CONTAINER_STOPPED') => void;
}

const KILLED = 137;
/** By SIGTERM: a task that was asked to end has not done its work. */
const TERMINATED = 143;
const FAILED = 1;
/** How long a task works when nothing else was said. */
const TASK_MS = 20;
/** How long one goes on answering that was asked to end: until everybody has heard that it is no longer to be asked. */
const LINGER_MS = 200;

/** A container that does nothing but live, answer and end. */
export class HollowContainer implements Answering {
  readonly id: string;
  readonly podSandboxId: string;
  readonly identity: Identity;
  readonly output = new ContainerLog();
  readonly #deps: HollowContainerDeps;
  readonly #createdAt: number;
  readonly #timers = new Set<() => void>();
  readonly #exited = Promise.withResolvers<undefined>();
  readonly #ending = new AbortController();
  readonly #command: readonly string[] | undefined;
  readonly #process: HollowProcess | undefined;
  #startedAt: number | undefined;
  #cpu: CpuMeter | undefined;
  #exit: ContainerExit | undefined;
  #listening: Listening | undefined;

  constructor(deps: HollowContainerDeps) {
    this.#deps = deps;
    this.id = deps.id;
    this.podSandboxId = deps.podSandboxId;
    this.identity = deps.identity;
    this.#createdAt = deps.clock.now();
    const { exitMs, exitCode } = deps.settings;
    this.#command = ownCommand(deps.config, exitMs !== undefined || exitCode !== undefined);
    if (this.#command !== undefined) {
      this.#process = new HollowProcess(deps.config, (stream, line) => {
        this.log(stream, line);
      });
    }
  }

  /** It has run for as long as it takes to listen; whether it really could is not asked. */
  get serving(): boolean {
    const { clock, settings } = this.#deps;
    if (this.#startedAt === undefined || this.#exit !== undefined) return false;
    return clock.now() >= this.#startedAt + settings.listenMs;
  }

  listensOn(port: number): boolean {
    return (
      this.serving &&
      this.#deps.isReachable() &&
      this.#deps.config.ports.some(({ containerPort }) => containerPort === port)
    );
  }

  status(): ContainerStatus {
    const { config } = this.#deps;
    const { metadata, image, imageRef } = config;
    const message = this.#listening?.problems.join('; ') ?? '';
    return {
      id: this.id,
      podSandboxId: this.podSandboxId,
      metadata,
      image,
      imageRef,
      state: this.#exit !== undefined ? 'EXITED' : this.#startedAt !== undefined ? 'RUNNING' : 'CREATED',
      createdAt: this.#createdAt,
      ...(this.#startedAt === undefined ? {} : { startedAt: this.#startedAt }),
      ...(this.#exit === undefined ? {} : { exit: this.#exit }),
      ...(message === '' ? {} : { message }),
    };
  }

  async start(): Promise<void> {
    const { clock, settings, config } = this.#deps;
    if (this.#startedAt !== undefined || this.#exit !== undefined) {
      throw new RuntimeError('Invalid', `container ${config.metadata.name} was started before`);
    }
    if (settings.startMs > 0) await clock.sleep(settings.startMs);
    if (this.#hasExited()) throw new RuntimeError('Invalid', `container ${config.metadata.name} was stopped`);
    this.#startedAt = clock.now();
    if (this.#process === undefined) {
      this.log('stdout', `started ${config.image} as ${config.metadata.name}, attempt ${config.metadata.attempt}`);
    } else this.#runProcess(this.#process);
    const isTask = this.#process === undefined && config.runsToCompletion && config.ports.length === 0;
    const exitMs = settings.exitMs ?? (isTask ? TASK_MS : undefined);
    if (exitMs !== undefined) {
      this.#after(exitMs, () => {
        this.#end(settings.exitCode ?? 0);
      });
    }
    if (settings.listenMs === 0) await this.#listen();
    else {
      this.#after(settings.listenMs, () => {
        this.#listen().catch((err: unknown) => {
          this.log('stderr', String(err));
        });
      });
    }
    this.#deps.onChange('CONTAINER_STARTED');
  }

  #runProcess(process: HollowProcess): void {
    const { commands } = this.#deps;
    process.run(commands, this.#command ?? [], this.#ending.signal).then(
      (code) => {
        this.#end(code);
      },
      (err: unknown) => {
        if (this.#ending.signal.aborted) return;
        this.log('stderr', String(err));
        this.#end(FAILED);
      },
    );
  }

  async stop(timeoutSeconds: number): Promise<void> {
    if (this.#exit !== undefined) return;
    const timeoutMs = timeoutSeconds * 1000;
    const { config, settings } = this.#deps;
    const stopMs = settings.stopMs ?? Math.min(this.#listening === undefined ? 0 : LINGER_MS, timeoutMs);
    this.#listening?.drain();
    if (timeoutMs > 0 && this.#process === undefined) this.log('stdout', `SIGTERM, ${timeoutSeconds} s to end`);
    this.#after(Math.min(stopMs, timeoutMs), () => {
      this.#end(timeoutMs === 0 || stopMs > timeoutMs ? KILLED : config.runsToCompletion ? TERMINATED : 0);
    });
    await this.#exited.promise;
  }

  async exec(command: ExecCommand, streams: ContainerStreams, signal: AbortSignal): Promise<number> {
    this.#requireRunning();
    const running = AbortSignal.any([signal, this.#ending.signal]);
    try {
      return await this.#deps.commands.exec(command, streams, running);
    } catch (err) {
      // Its commands end with the container, as all its processes do.
      if (this.#ending.signal.aborted && !signal.aborted) return KILLED;
      throw err;
    }
  }

  usage(demand: ContainerDemand): ContainerUsage {
    this.#requireRunning();
    const { config, clock } = this.#deps;
    const now = clock.now();
    this.#cpu ??= new CpuMeter(this.#startedAt ?? now);
    const used = hollowUsage(config.metadata.name, demand);
    return { ...used, cpuCoreNanoseconds: this.#cpu.read(used.cpuNanoCores, now) };
  }

  async attach(streams: ContainerStreams, signal: AbortSignal): Promise<number> {
    this.#requireRunning();
    if (this.#process === undefined) await this.#attachToLog(streams, signal);
    else await this.#process.attach(streams, signal);
    signal.throwIfAborted();
    await this.#exited.promise;
    return this.#exit?.exitCode ?? 0;
  }

  /** What comes in is told there, like all that a hollow container hears. */
  async #attachToLog(streams: ContainerStreams, signal: AbortSignal): Promise<void> {
    const { stdin } = streams;
    if (this.#deps.config.stdin === true) {
      stdin?.on('data', (chunk: Buffer) => {
        for (const line of chunk
          .toString()
          .trimEnd()
          .split(/\r?\n|\r/))
          this.log('stdout', `stdin: ${line}`);
      });
    } else stdin?.resume();
    for await (const { stream, line } of this.output.read({ follow: true, tailLines: 0, signal })) {
      const target = stream === 'stdout' ? streams.stdout : (streams.stderr ?? streams.stdout);
      if (target !== undefined) await write(target, `${line}\n`, signal);
    }
  }

  #requireRunning(): void {
    if (this.#startedAt !== undefined && this.#exit === undefined && this.#deps.isReachable()) return;
    throw new RuntimeError('Invalid', `container ${this.#deps.config.metadata.name} is not running`);
  }

  /** Listens, or no longer, after its node has become reachable, or no longer. */
  async reach(): Promise<void> {
    const listening = this.#listening;
    this.#listening = undefined;
    listening?.close();
    if (this.serving) await this.#listen();
  }

  log(stream: 'stdout' | 'stderr', line: string): void {
    this.output.write({ at: this.#deps.clock.now(), stream, line });
  }

  async #listen(): Promise<void> {
    const { ports, config, identity, isReachable } = this.#deps;
    if (ports === undefined || !isReachable()) return;
    const listening = await ports.listen(this, identity.ip, config.ports);
    if (this.#hasExited() || !isReachable()) {
      listening.close();
      return;
    }
    this.#listening = listening;
    for (const problem of listening.problems) this.log('stderr', problem);
  }

  #end(exitCode: number): void {
    if (this.#exit !== undefined) return;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#listening?.close();
    if (this.#process === undefined)
      this.log(exitCode === 0 ? 'stdout' : 'stderr', exitCode === KILLED ? 'killed' : `ended with code ${exitCode}`);
    this.output.end();
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    this.#exit = { finishedAt: this.#deps.clock.now(), exitCode, reason };
    this.#exited.resolve(undefined);
    this.#ending.abort(new RuntimeError('Invalid', `container ${this.#deps.config.metadata.name} has exited`));
    this.#deps.onChange('CONTAINER_STOPPED');
  }

  /** What other calls did while one waited. */
  #hasExited(): boolean {
    return this.#exit !== undefined;
  }

  #after(ms: number, fn: () => void): void {
    if (ms <= 0) {
      fn();
      return;
    }
    const cancel = this.#deps.clock.after(ms, () => {
      this.#timers.delete(cancel);
      fn();
    });
    this.#timers.add(cancel);
  }
}
