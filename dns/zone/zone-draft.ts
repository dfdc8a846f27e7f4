import { isWithin } from './name.ts';
import {
  sameRecordSet,
  type AnyRecordSet,
  type RecordChanges,
  type RecordSet,
  type RecordSetKey,
} from './record-set.ts';
import { validRecordSet } from './validate-record-set.ts';
import type { ZoneDelta, ZoneView } from './zone-delta.ts';
import { ZoneError } from './zone-error.ts';
import { nextSerial } from './next-serial.ts';
import { soaOf, type ZoneOptions } from './zone-options.ts';

/** What a draft begins with. */
interface Base extends ZoneView {
  readonly options: ZoneOptions;
  isOwn(key: RecordSetKey): boolean;
}

/** Changes one upon the other that a zone has not taken yet: each is judged by the state that those before leave. */
export class ZoneDraft implements ZoneView {
  readonly name: string;
  readonly #base: Base;
  readonly #sets = new Map<string, readonly AnyRecordSet[]>();
  readonly #deltas: ZoneDelta[] = [];

  constructor(base: Base) {
    this.name = base.name;
    this.#base = base;
  }

  get serial(): number {
    return this.#deltas.at(-1)?.to ?? this.#base.serial;
  }

  get deltas(): readonly ZoneDelta[] {
    return this.#deltas;
  }

  sets(name: string): readonly AnyRecordSet[] {
    const sets = this.#sets.get(name) ?? this.#base.sets(name);
    if (name !== this.name) return sets;
    return sets.map((set) => (set.type === 'SOA' ? soaOf(this.#base.options, this.serial) : set));
  }

  /**
   * All or nothing; undefined when nothing changes, else the serial grows by one. Throws `ZoneError` on a name outside,
   * on bad data, on what is the zone's own, and on a CNAME beside other data in the resulting state.
   */
  change(changes: RecordChanges): ZoneDelta | undefined {
    const touched = new Map<string, readonly AnyRecordSet[]>();
    const others = ({ name, type }: RecordSetKey) =>
      (touched.get(name) ?? this.sets(name)).filter((set) => set.type !== type);
    for (const key of changes.remove) {
      this.#requireChangeable(key);
      touched.set(key.name, others(key));
    }
    for (const change of changes.upsert) {
      const set = validRecordSet(change);
      this.#requireChangeable(set);
      touched.set(set.name, [...others(set), set]);
    }

    const removed: RecordSet[] = [];
    const added: RecordSet[] = [];
    for (const [name, after] of touched) {
      requireLoneCname(name, after);
      const before = this.sets(name);
      removed.push(...missingIn(after, before));
      added.push(...missingIn(before, after));
    }
    if (removed.length === 0 && added.length === 0) return undefined;

    const delta: ZoneDelta = { from: this.serial, to: nextSerial(this.serial), removed, added };
    for (const [name, after] of touched) this.#sets.set(name, after);
    this.#deltas.push(delta);
    return delta;
  }

  #requireChangeable(key: RecordSetKey): void {
    if (!isWithin(key.name, this.name)) {
      throw new ZoneError('OutsideZone', `name ${key.name} is not in zone ${this.name}`);
    }
    if (this.#base.isOwn(key)) {
      throw new ZoneError('Invalid', `${key.name} ${key.type} is the zone's own and comes from its options`);
    }
  }
}

/** Those of `all` that `sets` does not have in just this way. */
function missingIn(sets: readonly AnyRecordSet[], all: readonly AnyRecordSet[]): RecordSet[] {
  const isMissing = (set: AnyRecordSet): set is RecordSet =>
    set.type !== 'SOA' && !sets.some((other) => other === set || sameRecordSet(other, set));
  return all.filter(isMissing);
}

/** RFC 1034 §3.6.2. */
function requireLoneCname(name: string, sets: readonly AnyRecordSet[]): void {
  if (sets.length < 2 || !sets.some((set) => set.type === 'CNAME')) return;
  const others = sets.filter((set) => set.type !== 'CNAME').map((set) => set.type);
  throw new ZoneError('CnameConflict', `name ${name} cannot have a CNAME beside ${others.join(', ')}`);
}
