import type { Clock } from '../../src/component-base/index.ts';

/**
 * When each member was last heard: an answer of any kind, a refusal included, for it shows that our own way out works.
 */
export class SignsOfLife {
  readonly #clock: Clock;
  readonly #heardAt = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(cluster: string): void {
    this.#heardAt.set(cluster, this.#clock.now());
  }

  forget(cluster: string): void {
    this.#heardAt.delete(cluster);
  }

  /** Whether any other member was heard within the last `ms`. */
  ofOthers(cluster: string, ms: number): boolean {
    const since = this.#clock.now() - ms;
    return this.#heardAt.entries().some(([other, at]) => other !== cluster && at >= since);
  }
}
