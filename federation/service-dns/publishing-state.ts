import type { Clock } from '../../src/component-base/index.ts';

/** How far the records at one place are those that they should be. */
export interface PublishingState {
  readonly target: string;
  readonly zone: string;
  /** Services whose records may still be others than they should be. */
  readonly waiting: number;
  /** Milliseconds since the epoch: of the one that has waited longest. */
  readonly waitingSince?: number;
  /** Why nothing goes on; absent while it does. */
  readonly problem?: string;
  /** What cannot be published, by Service: not tried again before the zone is read again, or the Service changes. */
  readonly stuck: ReadonlyMap<string, string>;
  /** When all was last as it should be, but for what is stuck. */
  readonly inStepAt?: number;
  readonly dryRun: boolean;
}

export interface PublishingPlace {
  readonly target: string;
  readonly zone: string;
  readonly dryRun: boolean;
}

/** What of the Services waits to be published at one place, and why. */
export class PublishingBacklog {
  readonly #place: PublishingPlace;
  readonly #clock: Clock;
  /** Since when. */
  readonly #waiting = new Map<string, number>();
  readonly #stuck = new Map<string, string>();
  readonly #handlers = new Set<() => void>();
  #problem: string | undefined;
  #inStepAt: number | undefined;

  constructor(place: PublishingPlace, clock: Clock) {
    this.#place = place;
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Those that wait, the longest first. They go on waiting. */
  waiting(): Iterable<string> {
    return this.#waiting.keys();
  }

  /** Those that have waited for at least `ms`, not more than `most`. */
  late(ms: number, most: number): readonly string[] {
    const since = this.#clock.now() - ms;
    return [...this.#waiting].flatMap(([key, from]) => (from <= since ? [key] : [])).slice(0, most);
  }

  add(key: string, since = this.#clock.now()): void {
    if (!this.#waiting.has(key)) this.#waiting.set(key, since);
    this.#tell();
  }

  /** It does not wait now; what is given back is for `add`, should it wait on. */
  take(key: string): number {
    const since = this.#waiting.get(key) ?? this.#clock.now();
    this.#waiting.delete(key);
    return since;
  }

  /** `why` is empty where nothing is in the way. */
  judge(key: string, why: string): void {
    if (why === '') this.#stuck.delete(key);
    else this.#stuck.set(key, why);
  }

  failed(problem: string): void {
    this.#problem = problem;
    this.#tell();
  }

  wentOn(): void {
    this.#problem = undefined;
    if (this.isEmpty) this.#inStepAt = this.#clock.now();
    this.#tell();
  }

  state(): PublishingState {
    const [waitingSince] = this.#waiting.values();
    return {
      ...this.#place,
      waiting: this.#waiting.size,
      stuck: new Map(this.#stuck),
      ...(waitingSince === undefined ? {} : { waitingSince }),
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      ...(this.#inStepAt === undefined ? {} : { inStepAt: this.#inStepAt }),
    };
  }

  /** What is given back ends the calls. */
  onChange(handler: () => void): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  #tell(): void {
    for (const handler of this.#handlers) handler();
  }
}
