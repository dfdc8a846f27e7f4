import { untilAborted, type Clock } from '../../src/component-base/index.ts';

/** Well below how often an autoscaler looks. */
const DEADLINE_MS = 3_000;
const REST_MS = 30_000;

/** Questions to members. One that lets us wait is asked nothing for a while: others would wait for it with each autoscaler. */
export class MemberEnquiry {
  readonly #clock: Clock;
  /** Until when, by cluster. */
  readonly #resting = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async ask<R>(cluster: string, signal: AbortSignal, send: (signal: AbortSignal) => Promise<R>): Promise<R> {
    const until = this.#resting.get(cluster) ?? 0;
    if (until > this.#clock.now()) throw new Error('it did not answer in time lately');
    this.#resting.delete(cluster);
    const attempt = new AbortController();
    const onAbort = () => {
      attempt.abort(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const cancel = this.#clock.after(DEADLINE_MS, () => {
      this.#resting.set(cluster, this.#clock.now() + REST_MS);
      attempt.abort(new Error(`no answer within ${DEADLINE_MS} ms`));
    });
    try {
      signal.throwIfAborted();
      return await untilAborted(send(attempt.signal), attempt.signal);
    } finally {
      cancel();
      signal.removeEventListener('abort', onAbort);
    }
  }
}
