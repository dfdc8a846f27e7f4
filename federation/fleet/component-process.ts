import { spawn, type ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import type { Clock, Logger } from '../../src/component-base/index.ts';
import { LastProblem } from './last-problem.ts';
import type { ComponentMessage, ComponentSpec, ComponentState } from './component.ts';

/** How a component's process is started: the executable's command line for it. */
export type CommandLine = (spec: ComponentSpec) => {
  readonly command: string;
  readonly args: readonly string[];
  /** This process's own when absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
};

export interface ComponentProcessDeps {
  readonly commandLine: CommandLine;
  readonly clock: Clock;
  readonly log: Logger;
  /** Takes what the process writes to its standard output and error. */
  readonly output: Writable;
}

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 10_000;
const RESTART_MIN_MS = 500;
const RESTART_MAX_MS = 30_000;
/** A process that ran so long is not in a crash loop: the delay begins anew. */
const STABLE_AFTER_MS = 60_000;

/**
 * One component as a child process. One that ends although nobody asked is started again, with growing delays;
 * one that was stopped or killed by command stays so until `start`.
 */
export class ComponentProcess {
  readonly spec: ComponentSpec;
  readonly #deps: ComponentProcessDeps;
  #child: ChildProcess | undefined;
  #state: ComponentState = 'Stopped';
  #ended: Promise<void> = Promise.resolve();
  #cancelRestart: (() => void) | undefined;
  #restartDelayMs = RESTART_MIN_MS;
  #startedAt = 0;
  #lastWords = '';
  #problem = new LastProblem();
  restarts = 0;
  url: string | undefined;

  constructor(spec: ComponentSpec, deps: ComponentProcessDeps) {
    this.spec = spec;
    this.#deps = deps;
  }

  get state(): ComponentState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Milliseconds since the epoch; undefined while it does not run. */
  get startedAt(): number | undefined {
    return this.#child === undefined ? undefined : this.#startedAt;
  }

  /** Why it failed, restarts or is not ready yet; empty when all is well. */
  get message(): string {
    if (this.#state === 'Running') return '';
    return this.#lastWords === '' && this.#state === 'Starting' ? this.#problem.text : this.#lastWords;
  }

  /** The last thing wrong that its log tells of, however long ago. */
  get lastProblem(): string {
    return this.#problem.text;
  }

  /** Resolves to its URL when it is ready; rejects when it ends or stays silent before that, and leaves nothing running. */
  async start(): Promise<string> {
    this.#cancelRestart?.();
    this.#cancelRestart = undefined;
    if (this.#state === 'Running' && this.url !== undefined) return this.url;
    await this.#ended;
    this.#state = 'Starting';
    this.#lastWords = '';
    try {
      return await this.#launch();
    } catch (err) {
      this.#state = 'Failed';
      this.#lastWords = err instanceof Error ? err.message : String(err);
      throw err;
    }
  }

  /** SIGTERM, and SIGKILL when that does not help in time. */
  async stop(): Promise<void> {
    await this.#end('Stopped', 'SIGTERM');
  }

  async kill(): Promise<void> {
    await this.#end('Killed', 'SIGKILL');
  }

  async #end(state: 'Stopped' | 'Killed', signal: NodeJS.Signals): Promise<void> {
    this.#cancelRestart?.();
    this.#cancelRestart = undefined;
    this.#state = state;
    this.#lastWords = '';
    const child = this.#child;
    if (child === undefined) return;
    child.kill(signal);
    const cancel = this.#deps.clock.after(STOP_WITHIN_MS, () => {
      this.#deps.log.error({ component: this.spec.name, pid: child.pid }, 'component does not stop, killing it');
      child.kill('SIGKILL');
    });
    await this.#ended;
    cancel();
  }

  #launch(): Promise<string> {
    const { command, args, env } = this.#deps.commandLine(this.spec);
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env });
    this.#child = child;
    this.#startedAt = this.#deps.clock.now();
    child.stdout?.pipe(this.#deps.output, { end: false });
    child.stderr?.pipe(this.#deps.output, { end: false });
    const problem = new LastProblem();
    this.#problem = problem;
    child.stderr?.on('data', (chunk: Buffer) => {
      problem.read(chunk);
    });

    const ready = Promise.withResolvers<string>();
    const ended = Promise.withResolvers<undefined>();
    this.#ended = ended.promise;
    const cancelDeadline = this.#deps.clock.after(READY_WITHIN_MS, () => {
      const late = `was not ready within ${READY_WITHIN_MS / 1000} s`;
      ready.reject(new Error(`${this.spec.name} ${withReason(late, problem)}`));
      child.kill('SIGKILL');
    });
    child.on('message', (message: ComponentMessage) => {
      if (message.type === 'ready') {
        this.url = message.url;
        if (this.#state === 'Starting' || this.#state === 'Restarting') this.#state = 'Running';
        cancelDeadline();
        ready.resolve(message.url);
      } else {
        this.#lastWords = message.message;
      }
    });
    const onEnd = (why: string) => {
      cancelDeadline();
      if (this.#child === child) this.#child = undefined;
      ready.reject(
        new Error(this.#lastWords === '' ? `${this.spec.name} ${withReason(why, problem)}` : this.#lastWords),
      );
      ended.resolve(undefined);
      if (this.#state === 'Running') this.#scheduleRestart(withReason(why, problem));
    };
    child.once('error', (err) => {
      onEnd(`could not be started: ${err.message}`);
    });
    child.once('exit', (code, signal) => {
      onEnd(signal === null ? `ended with code ${code ?? 0}` : `was ended by ${signal}`);
    });
    return ready.promise;
  }

  #scheduleRestart(why: string): void {
    const { clock, log } = this.#deps;
    if (clock.now() - this.#startedAt > STABLE_AFTER_MS) this.#restartDelayMs = RESTART_MIN_MS;
    const delayMs = this.#restartDelayMs;
    this.#restartDelayMs = Math.min(RESTART_MAX_MS, delayMs * 2);
    this.#state = 'Restarting';
    this.#lastWords = why;
    log.error({ component: this.spec.name, why, delayMs }, 'component ended, starting it again');
    this.#cancelRestart = clock.after(delayMs, () => {
      this.restarts += 1;
      this.#launch().catch((err: unknown) => {
        if (this.#state === 'Restarting') this.#scheduleRestart(err instanceof Error ? err.message : String(err));
      });
    });
  }
}

function withReason(what: string, { text }: LastProblem): string {
  return text === '' ? what : `${what}; the last that its log tells of: ${text}`;
}
