import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../src/apimachinery/index.ts';
import type { Clock } from '../../src/component-base/index.ts';
import type { InformerEvent, Key } from '../../src/controller/index.ts';
import { withoutRecord } from './placing-record.ts';

interface Pending {
  readonly sinceMs: number;
  /** Somebody wants something else: not only our own notes and the object's status are others. */
  readonly isWanted: boolean;
}

/** Objects that have changed and have not been placed since. */
export class PendingChanges {
  readonly #clock: Clock;
  readonly #pending = new Map<Key, Pending>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note<T extends KubeObject>({ key, object, previous }: InformerEvent<T>): void {
    const known = this.#pending.get(key);
    if (known?.isWanted === true) return;
    const isWanted = previous === undefined || isWantedOtherwise(previous, object);
    if (known?.isWanted !== isWanted)
      this.#pending.set(key, { sinceMs: known?.sinceMs ?? this.#clock.now(), isWanted });
  }

  /** What somebody waits for goes before what is only looked at again. */
  rank(key: Key): number {
    return this.#pending.get(key)?.isWanted === true ? 0 : 1;
  }

  /** When it changed; now when it has not. */
  since(key: Key): number {
    return this.#pending.get(key)?.sinceMs ?? this.#clock.now();
  }

  settle(key: Key): void {
    this.#pending.delete(key);
  }
}

/** Kinds without a generation have no status to tell apart. */
function isWantedOtherwise(previous: KubeObject, object: KubeObject): boolean {
  const { uid, generation, deletionTimestamp } = object.metadata;
  const before = previous.metadata;
  if (generation === undefined || generation !== before.generation || uid !== before.uid) return true;
  return deletionTimestamp !== before.deletionTimestamp || !isDeepStrictEqual(tags(previous), tags(object));
}

function tags(object: KubeObject) {
  const { labels = {}, annotations = {} } = withoutRecord(object).metadata;
  return { labels, annotations };
}
