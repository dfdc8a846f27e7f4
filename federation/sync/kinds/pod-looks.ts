import { keyOf, type KubeObject } from '../../../src/apimachinery/index.ts';
import { untilAborted, type Clock } from '../../../src/component-base/index.ts';

/** What the pods of one copy say. */
export interface Running {
  readonly current: number;
  /** Known only where pods found no room. */
  readonly capacity?: number;
  /** Some pods have found no room, but not for long enough to conclude anything. */
  readonly undecided?: boolean;
}

const TIMEOUT_MS = 1_000;
/** A member beside us answers within this; whoever plans waits no longer, as all objects wait with him. */
const WAIT_MS = 10;
/** What was seen of a copy that has not changed since holds for so long. */
const FRESH_MS = 5_000;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 300_000;

interface Pause {
  readonly until: number;
  readonly ms: number;
}

/**
 * Closer looks at copies in members. What comes late is told, so that the object is planned anew; until then counts what
 * was seen before. A member that takes its time is asked only now and then, and nobody asks twice for what has just been seen.
 */
export class PodLooks {
  readonly #clock: Clock;
  readonly #seen = new WeakMap<KubeObject, { readonly at: number; readonly running: Running }>();
  readonly #looking = new WeakMap<KubeObject, Promise<Running | undefined>>();
  /** By cluster and key, where pods have found no room: that is not forgotten because a copy has changed. */
  readonly #crowded = new Map<string, Map<string, Running>>();
  readonly #pauses = new Map<string, Pause>();
  readonly #late = new Set<(key: string) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `handler` with the key of an object of which a look has come after its plan. */
  onLate(handler: (key: string) => void): () => void {
    this.#late.add(handler);
    return () => this.#late.delete(handler);
  }

  /** `undefined` where the member has not told yet, or lately did not. */
  async at(
    cluster: string,
    copy: KubeObject,
    look: (signal: AbortSignal) => Promise<Running>,
    signal: AbortSignal,
  ): Promise<Running | undefined> {
    const seen = this.#seen.get(copy);
    if (seen !== undefined && this.#clock.now() - seen.at < FRESH_MS) return seen.running;
    const before = seen?.running ?? this.#crowded.get(cluster)?.get(keyOf(copy));
    if ((this.#pauses.get(cluster)?.until ?? 0) > this.#clock.now()) return before;
    const looking = this.#looking.get(copy) ?? this.#begin(cluster, copy, look);
    const waited = Promise.withResolvers<'late'>();
    const cancel = this.#clock.after(WAIT_MS, () => {
      waited.resolve('late');
    });
    try {
      const outcome = await untilAborted(Promise.race([looking, waited.promise]), signal);
      if (outcome !== 'late') return outcome;
      void looking.then((running) => {
        if (running !== undefined) for (const handler of this.#late) handler(keyOf(copy));
      });
      return before;
    } finally {
      cancel();
    }
  }

  /** Never rejects. */
  #begin(
    cluster: string,
    copy: KubeObject,
    look: (signal: AbortSignal) => Promise<Running>,
  ): Promise<Running | undefined> {
    const deadline = new AbortController();
    const cancel = this.#clock.after(TIMEOUT_MS, () => {
      this.#pause(cluster);
      deadline.abort(new Error('the member did not show its pods in time'));
    });
    const looking = untilAborted(look(deadline.signal), deadline.signal)
      .then(
        (running) => {
          this.#note(cluster, copy, running);
          return running;
        },
        // What it last reported has to do.
        () => undefined,
      )
      .finally(() => {
        cancel();
        this.#looking.delete(copy);
      });
    this.#looking.set(copy, looking);
    return looking;
  }

  #note(cluster: string, copy: KubeObject, running: Running): void {
    this.#pauses.delete(cluster);
    this.#seen.set(copy, { at: this.#clock.now(), running });
    const crowded = this.#crowded.get(cluster) ?? new Map<string, Running>();
    if (running.capacity === undefined) crowded.delete(keyOf(copy));
    else crowded.set(keyOf(copy), running);
    if (crowded.size === 0) this.#crowded.delete(cluster);
    else this.#crowded.set(cluster, crowded);
  }

  /** The object is gone. */
  forget(key: string): void {
    for (const crowded of this.#crowded.values()) crowded.delete(key);
  }

  /** The cluster has left the federation. */
  forgetCluster(cluster: string): void {
    this.#pauses.delete(cluster);
    this.#crowded.delete(cluster);
  }

  /** Looks that began together and are all late count as one. */
  #pause(cluster: string): void {
    const now = this.#clock.now();
    const before = this.#pauses.get(cluster);
    if (before !== undefined && before.until > now) return;
    const ms = before === undefined ? FIRST_PAUSE_MS : Math.min(2 * before.ms, LONGEST_PAUSE_MS);
    this.#pauses.set(cluster, { until: now + ms, ms });
  }
}
