import type { Clock } from '../../src/component-base/index.ts';
import type { ProgressStep } from './control.ts';

/** The steps of a start: kept, and handed to whoever asks, late or early. */
export class ProgressLog {
  readonly #clock: Clock;
  readonly #began: number;
  readonly #steps: ProgressStep[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#began = clock.now();
  }

  add(type: ProgressStep['type'], text: string): void {
    this.#steps.push({ type, text, afterMs: this.#clock.now() - this.#began });
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Every step from the first on; ends after `ready` or `failed`, or when `signal` aborts. */
  async *follow(signal: AbortSignal): AsyncIterable<ProgressStep> {
    for (let next = 0; !signal.aborted;) {
      const step = this.#steps[next];
      if (step === undefined) {
        await this.#more(signal);
        continue;
      }
      next++;
      yield step;
      if (step.type !== 'done') return;
    }
  }

  #more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
