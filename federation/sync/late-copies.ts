import { formatTime, keyOf, parseTime, type KubeObject } from '../../src/apimachinery/index.ts';
import type { Clock } from '../../src/component-base/index.ts';
import type { Informer } from '../../src/controller/index.ts';
import { isOffline, type Cluster } from '../apis/index.ts';
import type { Trouble } from './copy-result.ts';
import type { Placement } from './placements.ts';
import type { LateRecord } from './placing-record.ts';
import type { Share } from './share.ts';
import type { SyncOptions } from './sync-deps.ts';
import type { TroubledCopies } from './troubled-copies.ts';

export interface LateCopiesDeps<T extends KubeObject> {
  readonly clusters: Pick<Informer<Cluster>, 'lister'>;
  readonly troubled: Pick<TroubledCopies, 'of'>;
  readonly isSettled: (cluster: string, object: T, share: Share) => boolean;
  readonly mayHold: (cluster: string, object: T) => boolean;
  readonly clock: Pick<Clock, 'now'>;
  readonly options?: Pick<SyncOptions, 'lateAfterMs'>;
}

export interface Lateness {
  /** Absent where all is as it shall be, or has not been otherwise for long. */
  readonly record?: LateRecord;
  readonly reviewAfterMs?: number;
}

interface Found {
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** What is mended sooner is not worth a write. */
const LATE_AFTER_MS = 30_000;
/** Of one reason: a record is for reading. */
const MOST_NAMES = 20;

const OUT_OF_SIGHT = 'is out of sight';
const reasons: Readonly<Record<Trouble, string>> = {
  conflict: 'has another object of that name, which is not ours',
  drift: 'was changed there, and is left so as asked',
  contested: 'is changed there again and again',
  held: 'is to be taken away there, which nobody has confirmed',
  failed: 'could not be written there',
};

/** Which copies of objects of one kind are not as they shall be, why, and since when. */
export class LateCopies<T extends KubeObject> {
  /** What has been so for less long is not told. */
  readonly afterMs: number;
  readonly #deps: LateCopiesDeps<T>;
  /** Since when members out of sight have lacked what they shall have, by object and cluster. */
  readonly #unseen = new Map<string, ReadonlyMap<string, number>>();

  constructor(deps: LateCopiesDeps<T>) {
    this.#deps = deps;
    this.afterMs = deps.options?.lateAfterMs ?? LATE_AFTER_MS;
  }

  /** `before`: what is recorded, perhaps by a federation that ran before this one. */
  of(object: T, placements: ReadonlyMap<string, Placement>, before: LateRecord = {}): Lateness {
    const now = this.#deps.clock.now();
    const late = new Map<string, Map<string, string>>();
    let reviewAfterMs = Infinity;
    for (const [name, { reason, since: noted }] of this.#foundOf(object, placements)) {
      const since = Math.min(noted, parseTime(before[reason]?.[name]) ?? Infinity);
      const waitMs = since + this.afterMs - now;
      if (waitMs > 0) reviewAfterMs = Math.min(reviewAfterMs, waitMs);
      else late.set(reason, (late.get(reason) ?? new Map<string, string>()).set(name, formatTime(since)));
    }
    return {
      ...(late.size === 0 ? {} : { record: recordOf(late) }),
      ...(reviewAfterMs === Infinity ? {} : { reviewAfterMs }),
    };
  }

  forget(key: string): void {
    this.#unseen.delete(key);
  }

  #foundOf(object: T, placements: ReadonlyMap<string, Placement>): ReadonlyMap<string, Found> {
    const found = new Map<string, Found>();
    for (const [name, since] of this.#noteUnseen(object, placements)) found.set(name, { reason: OUT_OF_SIGHT, since });
    for (const [name, { trouble, since }] of this.#deps.troubled.of(keyOf(object))) {
      if (!found.has(name) && placements.has(name)) found.set(name, { reason: reasons[trouble], since });
    }
    return found;
  }

  #noteUnseen(object: T, placements: ReadonlyMap<string, Placement>): ReadonlyMap<string, number> {
    const key = keyOf(object);
    const known = this.#unseen.get(key);
    const unseen = new Map<string, number>();
    for (const [name, placement] of placements) {
      if (this.#isLacking(name, object, placement)) unseen.set(name, known?.get(name) ?? this.#deps.clock.now());
    }
    if (unseen.size === 0) this.#unseen.delete(key);
    else this.#unseen.set(key, unseen);
    return unseen;
  }

  #isLacking(name: string, object: T, placement: Placement): boolean {
    const { clusters, isSettled, mayHold } = this.#deps;
    const cluster = clusters.lister.get(name);
    if (cluster === undefined || !isOffline(cluster)) return false;
    switch (placement.kind) {
      case 'present':
        return !isSettled(name, object, placement.share);
      case 'absent':
        return mayHold(name, object);
      case 'keep':
        return false;
    }
  }
}

function recordOf(late: ReadonlyMap<string, ReadonlyMap<string, string>>): LateRecord {
  const shown = [...late].map(([reason, clusters]) => {
    const named = [...clusters].sort(([a], [b]) => (a < b ? -1 : 1));
    const rest = named.slice(MOST_NAMES).map(([, since]) => since);
    const [first = ''] = rest.sort();
    const counted = rest.length === 0 ? [] : [[`and ${rest.length} more`, first] as const];
    return [reason, Object.fromEntries([...named.slice(0, MOST_NAMES), ...counted])] as const;
  });
  return Object.fromEntries(shown.sort(([a], [b]) => (a < b ? -1 : 1)));
}
