import type { ZoneDelta } from './zone-delta.ts';

/** Record sets that all deltas together may have: some megabytes, and changes enough for a secondary that was away a while. */
const MAX_SETS = 20_000;

/** The latest changes of a zone, the oldest forgotten first. */
export class ZoneJournal {
  readonly #limit: number;
  #deltas: ZoneDelta[] = [];
  /** Where the deltas that still count begin. */
  #first = 0;
  #sets = 0;

  constructor(limit = MAX_SETS) {
    this.#limit = limit;
  }

  add(delta: ZoneDelta): void {
    this.#deltas.push(delta);
    this.#sets += sizeOf(delta);
    for (let oldest = this.#deltas[this.#first]; this.#sets > this.#limit && oldest !== undefined;) {
      this.#sets -= sizeOf(oldest);
      this.#first++;
      oldest = this.#deltas[this.#first];
    }
    if (this.#first * 2 <= this.#deltas.length) return;
    this.#deltas = this.#deltas.slice(this.#first);
    this.#first = 0;
  }

  /** The changes since the zone had `serial`, in order; undefined where that is not known (any more). */
  since(serial: number): readonly ZoneDelta[] | undefined {
    const from = this.#deltas.findLastIndex((delta) => delta.from === serial);
    return from < this.#first ? undefined : this.#deltas.slice(from);
  }
}

const sizeOf = ({ removed, added }: ZoneDelta) => removed.length + added.length + 1;
