import { setImmediate as turn } from 'node:timers/promises';
import type { AnyRecordSet, Zone, ZoneSource } from '../../zone/index.ts';
import type { ToWorker } from './worker-protocol.ts';

const SETS_AT_ONCE = 5000;

/** Tells another thread of zones: each as a whole once, over many turns, and then of its changes in the turn they are made in. */
export class ZoneFeed implements Disposable {
  readonly #zones: ZoneSource;
  readonly #post: (message: ToWorker) => void;
  readonly #told = new Map<string, { readonly zone: Zone; serial: number }>();
  /** Zones that are to be told as a whole. */
  readonly #waiting: Set<string>;
  readonly #stop: () => void;
  #telling: Promise<void> | undefined;
  #ended = false;

  constructor(zones: ZoneSource, post: (message: ToWorker) => void) {
    this.#zones = zones;
    this.#post = post;
    this.#waiting = new Set(zones.current().names);
    this.#stop = zones.onChange(({ zone }) => {
      this.#changed(zone);
    });
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    this.#stop();
  }

  /** Resolves when the other thread has been told everything. */
  async settled(): Promise<void> {
    this.#telling ??= this.#tellWhole();
    await this.#telling;
  }

  #changed(name: string): void {
    if (this.#waiting.has(name)) return;
    const told = this.#told.get(name);
    const deltas =
      told !== undefined && this.#find(name) === told.zone ? told.zone.changesSince(told.serial) : undefined;
    if (told !== undefined && deltas !== undefined) {
      told.serial = told.zone.serial;
      this.#post({ kind: 'change', zone: name, deltas });
      return;
    }
    this.#told.delete(name);
    this.#waiting.add(name);
    // Only the first of many waits for it: the others find it under way.
    void this.settled();
  }

  async #tellWhole(): Promise<void> {
    // Begun later, so that it never ends before it is known to be under way.
    await turn();
    for (const name of this.#waiting) {
      const zone = this.#find(name);
      if (zone === undefined) this.#post({ kind: 'gone', zone: name });
      else await this.#tellZone(zone);
      this.#waiting.delete(name);
      if (zone !== undefined && !this.#ended) this.#changed(name);
    }
    this.#telling = undefined;
  }

  async #tellZone(zone: Zone): Promise<void> {
    using snapshot = zone.snapshot();
    this.#told.set(zone.name, { zone, serial: snapshot.serial });
    this.#post({ kind: 'zone', options: zone.options, serial: snapshot.serial });
    let sets: AnyRecordSet[] = [];
    for (const set of snapshot.sets()) {
      if (!zone.isOwn(set)) sets.push(set);
      if (sets.length < SETS_AT_ONCE) continue;
      this.#post({ kind: 'sets', sets });
      sets = [];
      await turn();
      if (this.#ended) return;
    }
    this.#post({ kind: 'sets', sets });
    this.#post({ kind: 'whole' });
  }

  #find(name: string): Zone | undefined {
    const zone = this.#zones.current().find(name);
    return zone?.name === name ? zone : undefined;
  }
}
