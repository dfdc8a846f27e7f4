import { setCondition } from '../apimachinery/index.ts';
import type { HorizontalPodAutoscaler } from '../apis/index.ts';
import type { EventRecorder } from '../controller/index.ts';

type Status = NonNullable<HorizontalPodAutoscaler['status']>;
type Conditions = NonNullable<Status['conditions']>;

/** What one look at an autoscaler brings to light. */
export class Findings {
  readonly #autoscaler: HorizontalPodAutoscaler;
  readonly #events: EventRecorder;
  readonly #now: number;
  #conditions: Conditions;

  constructor(autoscaler: HorizontalPodAutoscaler, events: EventRecorder, now: number) {
    this.#autoscaler = autoscaler;
    this.#events = events;
    this.#now = now;
    this.#conditions = autoscaler.status?.conditions ?? [];
  }

  get conditions(): Conditions {
    return this.#conditions;
  }

  say(type: string, holds: boolean, reason: string, message: string): void {
    const status = holds ? 'True' : 'False';
    this.#conditions = setCondition(this.#conditions, { type, status, reason, message }, this.#now);
  }

  warn(reason: string, message: string): void {
    this.#events.event(this.#autoscaler, 'Warning', reason, message);
  }

  tell(reason: string, message: string): void {
    this.#events.event(this.#autoscaler, 'Normal', reason, message);
  }
}
