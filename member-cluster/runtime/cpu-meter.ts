/** Adds up what was used, from what is being used whenever somebody looks. */
export class CpuMeter {
  #coreNanoseconds = 0;
  #readAt: number;

  /** Both times are milliseconds since the epoch. */
  constructor(startedAt: number) {
    this.#readAt = startedAt;
  }

  /** Core nanoseconds since the start, if it was used like this since somebody looked last. */
  read(nanoCores: number, now: number): number {
    this.#coreNanoseconds += (nanoCores * Math.max(0, now - this.#readAt)) / 1000;
    this.#readAt = Math.max(now, this.#readAt);
    return Math.round(this.#coreNanoseconds);
  }
}
