import { deepEqual } from '../../src/apimachinery/index.ts';
import type { Container, Probe } from '../../src/apis/index.ts';
import type { Clock } from '../../src/component-base/index.ts';
import type { ProbeFindings } from './observed-pod.ts';
import { probeTarget, type Prober, type ProbeTarget } from './prober.ts';

export interface ContainerProbesDeps {
  readonly container: Container;
  readonly podIP: string;
  readonly startedAt: number;
  readonly clock: Clock;
  readonly prober: Prober;
  /** Runs a command in the container; resolves to its exit code and the first of its output. */
  readonly exec: (command: readonly string[], signal: AbortSignal) => Promise<ExecOutcome>;
  /** The findings have changed. */
  readonly onChange: () => void;
  readonly onFailure: (message: string) => void;
}

export interface ExecOutcome {
  readonly exitCode: number;
  readonly output: string;
}

type Kind = 'startup' | 'readiness' | 'liveness';

interface Series {
  readonly kind: Kind;
  readonly probe: Probe;
  successes: number;
  failures: number;
}

/** Keeps asking one running container how it is, until closed. */
export class ContainerProbes {
  readonly #deps: ContainerProbesDeps;
  readonly #ending = new AbortController();
  readonly #timers = new Set<() => void>();
  #findings: ProbeFindings;

  constructor(deps: ContainerProbesDeps) {
    const { startupProbe, readinessProbe } = deps.container;
    this.#deps = deps;
    const started = startupProbe === undefined;
    this.#findings = { started, ready: started && readinessProbe === undefined, unhealthy: undefined };
    if (startupProbe === undefined) this.#beginOthers();
    else this.#begin('startup', startupProbe);
  }

  get findings(): ProbeFindings {
    return this.#findings;
  }

  close(): void {
    this.#ending.abort();
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  #beginOthers(): void {
    const { readinessProbe, livenessProbe } = this.#deps.container;
    if (readinessProbe !== undefined) this.#begin('readiness', readinessProbe);
    if (livenessProbe !== undefined) this.#begin('liveness', livenessProbe);
  }

  #begin(kind: Kind, probe: Probe): void {
    const { clock, startedAt } = this.#deps;
    const due = startedAt + (probe.initialDelaySeconds ?? 0) * 1000;
    this.#after(due - clock.now(), { kind, probe, successes: 0, failures: 0 });
  }

  #after(ms: number, series: Series): void {
    const fire = () => {
      this.#ask(series).catch((err: unknown) => {
        this.#deps.onFailure(String(err));
      });
    };
    if (ms <= 0) {
      fire();
      return;
    }
    const cancel = this.#deps.clock.after(ms, () => {
      this.#timers.delete(cancel);
      fire();
    });
    this.#timers.add(cancel);
  }

  async #ask(series: Series): Promise<void> {
    const { probe } = series;
    const problem = await this.#problem(probe);
    if (this.#ending.signal.aborted) return;
    if (problem === undefined) {
      series.successes++;
      series.failures = 0;
    } else {
      series.failures++;
      series.successes = 0;
      this.#deps.onFailure(`${series.kind} probe failed: ${problem}`);
    }
    this.#conclude(series);
    if (series.kind === 'startup' && this.#findings.started) return;
    this.#after((probe.periodSeconds ?? 10) * 1000, series);
  }

  /** What is wrong, if anything. */
  async #problem(probe: Probe): Promise<string | undefined> {
    const { container, podIP, clock } = this.#deps;
    const attempt = new AbortController();
    const timeoutSeconds = probe.timeoutSeconds ?? 1;
    const cancel = clock.after(timeoutSeconds * 1000, () => {
      attempt.abort(new Error(`no answer within ${timeoutSeconds} s`));
    });
    const signal = AbortSignal.any([attempt.signal, this.#ending.signal]);
    try {
      return await this.#problemOf(probeTarget(probe, container, podIP), signal);
    } catch (err) {
      const reason: unknown = attempt.signal.aborted ? attempt.signal.reason : err;
      return reason instanceof Error ? reason.message : String(reason);
    } finally {
      cancel();
    }
  }

  async #problemOf(target: ProbeTarget, signal: AbortSignal): Promise<string | undefined> {
    if (target.type !== 'exec') {
      await this.#deps.prober(target, signal);
      return undefined;
    }
    const { exitCode, output } = await this.#deps.exec(target.command, signal);
    if (exitCode === 0) return undefined;
    return output.trim() === '' ? `the command ended with code ${exitCode}` : output.trim();
  }

  #conclude({ kind, probe, successes, failures }: Series): void {
    const good = successes >= (kind === 'readiness' ? (probe.successThreshold ?? 1) : 1);
    const bad = failures >= (probe.failureThreshold ?? 3);
    if (!good && !bad) return;
    const { container } = this.#deps;
    const before = this.#findings;
    const unhealthy = bad ? `container ${container.name} failed its ${kind} probe` : undefined;
    this.#findings = findingsAfter(before, kind, { good, unhealthy }, container);
    if (kind === 'startup' && good) this.#beginOthers();
    if (!deepEqual(before, this.#findings)) this.#deps.onChange();
  }
}

function findingsAfter(
  before: ProbeFindings,
  kind: Kind,
  { good, unhealthy }: { readonly good: boolean; readonly unhealthy: string | undefined },
  { readinessProbe }: Container,
): ProbeFindings {
  if (kind === 'readiness') return { ...before, ready: good };
  if (kind === 'liveness' || !good) return { ...before, unhealthy };
  return { started: true, ready: readinessProbe === undefined, unhealthy: undefined };
}
