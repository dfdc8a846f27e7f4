import { isWithin, nameProblem } from './name.ts';
import { recordKey, type AnyRecordSet, type RecordSet, type RecordSetKey } from './record-set.ts';
import { validRecordSet } from './validate-record-set.ts';
import { ZoneError } from './zone-error.ts';
import { ZoneJournal } from './zone-journal.ts';
import { ZoneNodes } from './zone-nodes.ts';
import { OwnKeys } from './own-keys.ts';
import { ownSets, type ZoneOptions } from './zone-options.ts';
import { Zone } from './zone.ts';

export interface BuiltZone {
  readonly zone: Zone;
  /** What had been put and is not in the zone, because its options say otherwise. */
  readonly displaced: readonly RecordSet[];
}

/** Makes a zone of what was kept of it: a state, and changes since. What the options say has precedence. */
export class ZoneBuilder {
  readonly #options: ZoneOptions;
  readonly #nodes: ZoneNodes;
  readonly #own: OwnKeys;
  readonly #displaced = new Map<string, RecordSet>();
  readonly #cuts = new Set<string>();
  /** Names that had a CNAME beside something else at some moment. */
  readonly #suspects = new Set<string>();
  readonly #changed = new Set<string>();
  #journal = new ZoneJournal();

  /** Throws `ZoneError` on options that make no zone. */
  constructor(options: ZoneOptions) {
    const problem = nameProblem(options.name);
    if (problem !== undefined) throw new ZoneError('Invalid', problem);
    this.#options = options;
    this.#nodes = new ZoneNodes(options.name);
    const own = ownSets(options);
    this.#own = new OwnKeys(options, own);
    for (const set of own) this.#insert(set);
    this.#requireLoneCnames();
  }

  /** Throws `ZoneError` on a set that cannot be in the zone. */
  put(set: RecordSet): void {
    const valid = validRecordSet(set);
    if (!isWithin(valid.name, this.#options.name)) {
      throw new ZoneError('OutsideZone', `name ${valid.name} is not in zone ${this.#options.name}`);
    }
    if (this.#own.has(valid)) this.#displaced.set(recordKey(valid), valid);
    else this.#insert(valid);
  }

  /** A change as it was made, from serial `from` to `to`. Throws as `put` does. */
  change(
    from: number,
    to: number,
    changes: { readonly remove: readonly RecordSetKey[]; readonly put: RecordSet[] },
  ): void {
    const removed = [...changes.remove, ...changes.put].flatMap((key) => this.#current(key) ?? []);
    for (const key of changes.remove) {
      this.#displaced.delete(recordKey(key));
      if (!this.#own.has(key)) this.#remove(key);
    }
    for (const set of changes.put) this.put(set);
    this.#journal.add({ from, to, removed, added: changes.put.flatMap((key) => this.#current(key) ?? []) });
  }

  /** From here on nobody knows what changed: the options may have been others. */
  forgetChanges(): void {
    this.#journal = new ZoneJournal();
  }

  /** Once. Throws `ZoneError` on a CNAME beside other data. */
  finish(serial: number): BuiltZone {
    this.#requireLoneCnames();
    if (this.#displaced.size > 0) this.forgetChanges();
    const parts = { nodes: this.#nodes, own: this.#own, cuts: this.#cuts, journal: this.#journal };
    return { zone: new Zone(this.#options, serial, parts), displaced: [...this.#displaced.values()] };
  }

  #current(key: RecordSetKey): RecordSet | undefined {
    const isIt = (set: AnyRecordSet): set is RecordSet => set.type === key.type && !this.#own.has(set);
    return this.#setsOf(key.name).find(isIt);
  }

  #insert(set: AnyRecordSet): void {
    const sets = this.#nodes.put(set, this.#changed);
    this.#changed.clear();
    if (sets.length > 1 && sets.some(({ type }) => type === 'CNAME')) this.#suspects.add(set.name);
    if (set.type === 'NS' && set.name !== this.#options.name) this.#cuts.add(set.name);
  }

  #remove(key: Pick<AnyRecordSet, 'name' | 'type'>): void {
    this.#nodes.drop(key, this.#changed);
    this.#changed.clear();
    if (key.type === 'NS') this.#cuts.delete(key.name);
  }

  #requireLoneCnames(): void {
    for (const name of this.#suspects) {
      const sets = this.#setsOf(name);
      if (sets.length < 2 || !sets.some(({ type }) => type === 'CNAME')) continue;
      const others = sets.filter((set) => !this.#own.has(set));
      if (others.length === sets.length || others.length === 0) {
        throw new ZoneError('CnameConflict', `name ${name} cannot have a CNAME beside other data`);
      }
      const isOwnCname = !others.some(({ type }) => type === 'CNAME');
      for (const set of others) if (isOwnCname || set.type === 'CNAME') this.#displace(set);
    }
    this.#suspects.clear();
  }

  #displace(set: AnyRecordSet): void {
    this.#displaced.set(recordKey(set), set as RecordSet); // @NOTE only `put` inserts what is not the zone's own
    this.#remove(set);
  }

  #setsOf(name: string): readonly AnyRecordSet[] {
    return this.#nodes.get(name)?.sets ?? [];
  }
}

/** A zone with `sets` published in it. Throws `ZoneError` where they or the options cannot be. */
export function createZone(options: ZoneOptions, serial: number, sets: Iterable<RecordSet> = []): Zone {
  const builder = new ZoneBuilder(options);
  for (const set of sets) builder.put(set);
  const { zone, displaced } = builder.finish(serial);
  const [first] = displaced;
  if (first === undefined) return zone;
  throw new ZoneError('Invalid', `${first.name} ${first.type} is the zone's own and comes from its options`);
}
