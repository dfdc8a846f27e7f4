import { untilAborted, type Clock } from '../../../src/component-base/index.ts';

export interface BreakerOptions {
  /** Opens after so many calls in a row that got no answer. */
  readonly failures: number;
  /** Open for so long at first; twice as long each time that the one which is let through fails too. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

/** `half-open`: one at a time is let through, to see. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/**
 * Keeps calls from a cluster that does not answer, so that neither it nor our workers are kept busy by trying. What it
 * is told by `succeeded` and `failed` may come from calls that nobody asked it about.
 */
export class CircuitBreaker {
  readonly #clock: Clock;
  readonly #options: BreakerOptions;
  readonly #onChange: (state: BreakerState) => void;
  #state: BreakerState = 'closed';
  #failures = 0;
  #pauses = 0;
  #isProbing = false;
  #cancel: (() => void) | undefined;
  #change = Promise.withResolvers<undefined>();

  constructor(clock: Clock, options: BreakerOptions, onChange: (state: BreakerState) => void) {
    this.#clock = clock;
    this.#options = options;
    this.#onChange = onChange;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /**
   * Resolves when it is one's turn, to a function that ends it: one that has called nobody leaves it to the next. Rejects
   * with the signal's reason when it aborts first.
   */
  async enter(signal: AbortSignal): Promise<() => void> {
    while (this.#state === 'open' || (this.#state === 'half-open' && this.#isProbing)) {
      await untilAborted(this.#change.promise, signal);
    }
    if (this.#state === 'closed') return () => undefined;
    this.#isProbing = true;
    return () => {
      this.#isProbing = false;
      this.#wake();
    };
  }

  succeeded(): void {
    this.#failures = 0;
    if (this.#state !== 'closed') this.reset();
  }

  failed(): void {
    this.#failures += 1;
    if (this.#state === 'half-open' || (this.#state === 'closed' && this.#failures >= this.#options.failures)) {
      this.#open();
    }
  }

  /** Something else says that the cluster answers again. */
  reset(): void {
    this.#cancel?.();
    this.#failures = 0;
    this.#pauses = 0;
    this.#set('closed');
  }

  /** No timer of it is left. */
  end(): void {
    this.#cancel?.();
  }

  #open(): void {
    const { firstPauseMs, longestPauseMs } = this.#options;
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#pauses, longestPauseMs);
    this.#pauses += 1;
    this.#set('open');
    this.#cancel = this.#clock.after(pauseMs * (0.75 + this.#clock.random() / 4), () => {
      this.#set('half-open');
    });
  }

  #set(state: BreakerState): void {
    const isNew = this.#state !== state;
    this.#state = state;
    this.#isProbing = false;
    if (isNew) this.#onChange(state);
    this.#wake();
  }

  #wake(): void {
    this.#change.resolve(undefined);
    this.#change = Promise.withResolvers<undefined>();
  }
}
