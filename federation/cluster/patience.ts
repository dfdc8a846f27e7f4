import type { Client, WatchOptions } from '../../src/client/index.ts';
import { Turns, untilAborted, type Clock } from '../../src/component-base/index.ts';

export type ReadingClient = Pick<Client, 'list' | 'watch'>;

const FIRST_DEADLINE_MS = 5_000;
const LONGEST_DEADLINE_MS = 60_000;
/** For each other list that is on its way: most of the time of one is spent on reading the others here. */
const CROWD_MS = 100;
/** So much later than it was asked to, a server has not ended a watch by itself. */
const OVERDUE_MS = 30_000;
/** Pages of a thousand lists at once would all come so late that each would be asked for again. */
const PAGES = { atOnce: 32, patienceMs: 250 };

/** Whose turn it is to be listed, among all informers over members. */
export function listTurns(clock: Clock): Turns {
  return new Turns(clock, PAGES);
}

export class LateList extends Error {
  constructor() {
    super('the list did not come in time');
  }
}

/**
 * How long members are waited for that are listed and watched, one kind each. A page that was lost on the way is asked
 * for again; one that only takes long gets more time each time. A watch that the server does not end is ended here, so
 * that one which has silently died does not show an old state for ever.
 */
export class Patience {
  readonly #clock: Clock;
  readonly #turns: Turns;
  /** Of lists in a row that brought nothing in time, by cluster. */
  readonly #late = new Map<string, number>();

  constructor(clock: Clock, turns = listTurns(clock)) {
    this.#clock = clock;
    this.#turns = turns;
  }

  client(cluster: string, inner: ReadingClient): ReadingClient {
    return {
      list: (resource, options) =>
        this.#turns.run(
          () => this.#inTime(cluster, options?.signal, (signal) => inner.list(resource, { ...options, signal })),
          options?.signal,
        ),
      watch: (resource, options) =>
        this.#untilOverdue(options, (signal) => inner.watch(resource, { ...options, signal })),
    };
  }

  /** The cluster has left the federation. */
  forget(cluster: string): void {
    this.#late.delete(cluster);
  }

  async #inTime<R>(
    cluster: string,
    parent: AbortSignal | undefined,
    ask: (signal: AbortSignal) => Promise<R>,
  ): Promise<R> {
    const late = this.#late.get(cluster) ?? 0;
    const deadline = new AbortController();
    const crowdMs = (this.#turns.running - 1) * CROWD_MS;
    const cancel = this.#clock.after(Math.min(FIRST_DEADLINE_MS * 2 ** late + crowdMs, LONGEST_DEADLINE_MS), () => {
      this.#late.set(cluster, late + 1);
      deadline.abort(new LateList());
    });
    const signal = parent === undefined ? deadline.signal : AbortSignal.any([parent, deadline.signal]);
    try {
      const answer = await untilAborted(ask(signal), signal);
      this.#late.delete(cluster);
      return answer;
    } finally {
      cancel();
    }
  }

  async *#untilOverdue<E>(
    { signal, timeoutSeconds }: WatchOptions,
    open: (signal: AbortSignal) => AsyncIterable<E>,
  ): AsyncGenerator<E, void, undefined> {
    if (timeoutSeconds === undefined) {
      yield* open(signal);
      return;
    }
    const overdue = new AbortController();
    const cancel = this.#clock.after(timeoutSeconds * 1000 + OVERDUE_MS, () => {
      overdue.abort();
    });
    try {
      yield* open(AbortSignal.any([signal, overdue.signal]));
    } finally {
      cancel();
    }
  }
}
