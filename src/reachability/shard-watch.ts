import { aborted, type Clock, type Runnable } from '../component-base/index.ts';
import type { CheckOptions, CheckOutcome } from './check-target.ts';
import { inDoubt, judgeReach, unseen, type ReachJudgement, type ReachTimings } from './reach-judgement.ts';
import { targetKey, type ShardTarget } from './target.ts';

export interface ShardWatchDeps {
  /** Usually `checkTarget`. Must resolve within its timeout. */
  readonly check: (target: ShardTarget, options: CheckOptions) => Promise<CheckOutcome>;
  readonly clock: Clock;
}

export interface WatchedShard {
  readonly target: ShardTarget;
  readonly judgement: ReachJudgement;
  /** How long it usually takes until it answers; absent until it has. */
  readonly answerMs?: number | undefined;
}

interface Entry {
  readonly target: ShardTarget;
  judgement: ReachJudgement;
  answerMs?: number | undefined;
  cancel?: () => void;
  gone: boolean;
}

const AT_ONCE = 32;
/** However many addresses there are: about fifty looks a second. */
const MS_FOR_EACH_TARGET = 20;

/** Looks at the addresses of shards again and again from where it runs. Each is looked at by itself, few at the same time. */
export class ShardWatch implements Runnable {
  readonly name = 'shard-watch';
  readonly #deps: ShardWatchDeps;
  readonly #entries = new Map<string, Entry>();
  readonly #handlers = new Set<(cluster: string) => void>();
  readonly #waiting: Entry[] = [];
  #timings: ReachTimings;
  #signal: AbortSignal | undefined;
  #looking = 0;

  constructor(deps: ShardWatchDeps, timings: ReachTimings) {
    this.#deps = deps;
    this.#timings = timings;
  }

  /** What is known of a target that stays is kept. */
  set(targets: readonly ShardTarget[], timings = this.#timings): void {
    this.#timings = timings;
    const wanted = new Map(targets.map((target) => [targetKey(target), target]));
    const left = new Set<string>();
    for (const [key, entry] of this.#entries) {
      if (wanted.has(key)) continue;
      entry.gone = true;
      entry.cancel?.();
      this.#entries.delete(key);
      if (entry.judgement.state !== 'unknown') left.add(entry.target.cluster);
    }
    for (const [key, target] of wanted) {
      if (this.#entries.has(key)) continue;
      const entry: Entry = { target, judgement: unseen(this.#deps.clock.now()), gone: false };
      this.#entries.set(key, entry);
      this.#lookAfter(entry, 0);
    }
    for (const cluster of left) for (const handler of this.#handlers) handler(cluster);
  }

  shards(): readonly WatchedShard[] {
    return [...this.#entries.values()];
  }

  /** Called with a cluster's name when an address of it is reached, or is no longer, or is looked at no more. Returns its own removal. */
  onChange(handler: (cluster: string) => void): () => void {
    this.#handlers.add(handler);
    return () => {
      this.#handlers.delete(handler);
    };
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    this.#signal = signal;
    for (const entry of this.#entries.values()) this.#lookAfter(entry, 0);
    ready();
    await aborted(signal);
    this.#signal = undefined;
    this.#waiting.length = 0;
    for (const { cancel } of this.#entries.values()) cancel?.();
  }

  #lookAfter(entry: Entry, ms: number): void {
    if (this.#signal === undefined || entry.gone) return;
    entry.cancel = this.#deps.clock.after(ms, () => {
      this.#waiting.push(entry);
      this.#lookAtNext();
    });
  }

  #lookAtNext(): void {
    const signal = this.#signal;
    if (signal === undefined || this.#looking >= AT_ONCE) return;
    const entry = this.#waiting.shift();
    if (entry === undefined) return;
    this.#looking += 1;
    void this.#look(entry, signal).finally(() => {
      this.#looking -= 1;
      this.#lookAtNext();
    });
  }

  async #look(entry: Entry, signal: AbortSignal): Promise<void> {
    const isOver = () => signal.aborted || entry.gone;
    if (isOver()) return;
    const { check, clock } = this.#deps;
    const from = clock.now();
    const outcome = await check(entry.target, { timeoutMs: this.#timings.timeoutMs, signal });
    if (isOver()) return;
    if (outcome === 'answered') entry.answerMs = smoothed(entry.answerMs, clock.now() - from);
    const before = entry.judgement;
    entry.judgement = judgeReach(before, outcome, clock.now(), this.#timings);
    this.#lookAfter(entry, this.#pauseMs(entry.judgement));
    if (before.state !== entry.judgement.state) {
      for (const handler of this.#handlers) handler(entry.target.cluster);
    }
  }

  #pauseMs(judgement: ReachJudgement): number {
    const { intervalMs, retryMs } = this.#timings;
    if (inDoubt(judgement)) return retryMs;
    const usual = Math.max(intervalMs, this.#entries.size * MS_FOR_EACH_TARGET);
    // Those that began together need not stay together.
    return Math.round(usual * (0.9 + 0.2 * this.#deps.clock.random()));
  }
}

/** A single slow answer says little. */
function smoothed(before: number | undefined, ms: number): number {
  return before === undefined ? ms : before + (ms - before) / 4;
}
