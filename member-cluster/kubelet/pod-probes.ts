import type { Container, Pod } from '../../src/apis/index.ts';
import type { Clock } from '../../src/component-base/index.ts';
import type { ContainerRuntime, ContainerStatus } from '../runtime/index.ts';
import { ContainerProbes } from './container-probes.ts';
import { containersOf, initContainersOf, type ProbeFindings } from './observed-pod.ts';
import type { PodEvents } from './pod-events.ts';
import { probeByCommand } from './exec-probe.ts';
import type { Prober } from './prober.ts';

export interface PodProbesDeps {
  readonly clock: Clock;
  readonly prober: Prober;
  readonly runtime: Pick<ContainerRuntime, 'exec'>;
  readonly events: PodEvents;
  readonly wake: () => void;
}

/** The probes of one pod's running containers. */
export class PodProbes {
  readonly #deps: PodProbesDeps;
  /** By id of the container. */
  readonly #probes = new Map<string, ContainerProbes>();

  constructor(deps: PodProbesDeps) {
    this.#deps = deps;
  }

  /** Begins with containers that run now, ends with those that no longer do, and tells what was found so far. */
  keep(
    pod: Pod,
    podIP: string,
    containers: ReadonlyMap<string, readonly ContainerStatus[]>,
  ): ReadonlyMap<string, ProbeFindings> {
    const findings = new Map<string, ProbeFindings>();
    for (const container of [...initContainersOf(pod), ...containersOf(pod)].filter(isProbed)) {
      const status = containers.get(container.name)?.at(-1);
      if (status?.state === 'RUNNING') findings.set(status.id, this.#of(pod, container, status, podIP).findings);
    }
    for (const [id, probes] of this.#probes) {
      if (findings.has(id)) continue;
      probes.close();
      this.#probes.delete(id);
    }
    return findings;
  }

  close(): void {
    for (const probes of this.#probes.values()) probes.close();
    this.#probes.clear();
  }

  #of(pod: Pod, container: Container, status: ContainerStatus, podIP: string): ContainerProbes {
    const known = this.#probes.get(status.id);
    if (known !== undefined) return known;
    const { clock, prober, events, wake, runtime } = this.#deps;
    const probes = new ContainerProbes({
      container,
      podIP,
      startedAt: status.startedAt ?? status.createdAt,
      clock,
      prober,
      exec: (command, signal) => probeByCommand(runtime, status.id, command, signal),
      onChange: wake,
      onFailure: (message) => {
        events.warning(pod, container, 'Unhealthy', message);
      },
    });
    this.#probes.set(status.id, probes);
    return probes;
  }
}

function isProbed({ startupProbe, readinessProbe, livenessProbe }: Container): boolean {
  return startupProbe !== undefined || readinessProbe !== undefined || livenessProbe !== undefined;
}
