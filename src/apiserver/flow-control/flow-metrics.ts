import { Counter, Gauge, Histogram, type Registry } from '../../component-base/index.ts';
import type { RefusalReason } from './priority-level.ts';

const WAIT_BUCKETS = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];

/** What priority and fairness does, under Kubernetes' names. */
export class FlowMetrics {
  readonly #dispatched: Counter<'priority_level' | 'flow_schema'>;
  readonly #rejected: Counter<'priority_level' | 'reason'>;
  readonly #wait: Histogram<'priority_level'>;
  readonly #executing: Gauge<'priority_level'>;
  readonly #waiting: Gauge<'priority_level'>;
  readonly #seats: Gauge<'priority_level'>;

  constructor(metrics: Registry) {
    const registers = [metrics];
    const labelNames = ['priority_level'] as const;
    this.#dispatched = new Counter({
      name: 'apiserver_flowcontrol_dispatched_requests_total',
      help: 'Requests that got their turn.',
      labelNames: [...labelNames, 'flow_schema'],
      registers,
    });
    this.#rejected = new Counter({
      name: 'apiserver_flowcontrol_rejected_requests_total',
      help: 'Requests that were refused because too many others were there.',
      labelNames: [...labelNames, 'reason'],
      registers,
    });
    this.#wait = new Histogram({
      name: 'apiserver_flowcontrol_request_wait_duration_seconds',
      help: 'How long requests waited for their turn.',
      labelNames,
      buckets: WAIT_BUCKETS,
      registers,
    });
    this.#executing = new Gauge({
      name: 'apiserver_flowcontrol_current_executing_requests',
      help: 'Requests that have a seat.',
      labelNames,
      registers,
    });
    this.#waiting = new Gauge({
      name: 'apiserver_flowcontrol_current_inqueue_requests',
      help: 'Requests that wait for a seat.',
      labelNames,
      registers,
    });
    this.#seats = new Gauge({
      name: 'apiserver_flowcontrol_nominal_limit_seats',
      help: 'Seats that a priority level has of its own.',
      labelNames,
      registers,
    });
  }

  dispatched(level: string, schema: string, waitedMs: number): void {
    this.#dispatched.inc({ priority_level: level, flow_schema: schema });
    this.#wait.observe({ priority_level: level }, waitedMs / 1000);
  }

  rejected(level: string, reason: RefusalReason): void {
    this.#rejected.inc({ priority_level: level, reason });
  }

  seen(
    level: string,
    { inUse, waiting, seats }: { readonly inUse: number; readonly waiting: number; readonly seats: number },
  ): void {
    this.#executing.set({ priority_level: level }, inUse);
    this.#waiting.set({ priority_level: level }, waiting);
    this.#seats.set({ priority_level: level }, seats);
  }

  forget(level: string): void {
    for (const gauge of [this.#executing, this.#waiting, this.#seats]) gauge.remove({ priority_level: level });
  }
}
