import {
  ZoneBuilder,
  zoneSet,
  type AnyRecordSet,
  type RecordSet,
  type Zone,
  type ZoneChange,
  type ZoneDelta,
  type ZoneOptions,
  type ZoneSet,
  type ZoneSource,
} from '../../zone/index.ts';

/** Zones as another thread tells of them. */
export class ReplicaZones implements ZoneSource {
  readonly #zones = new Map<string, Zone>();
  readonly #listeners = new Set<(change: ZoneChange) => void>();
  #current: ZoneSet = zoneSet([]);
  #arriving: { readonly builder: ZoneBuilder; readonly name: string; readonly serial: number } | undefined;

  current(): ZoneSet {
    return this.#current;
  }

  onChange(listener: (change: ZoneChange) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Begins a zone, which takes the place of one with its name when it is whole. */
  begin(options: ZoneOptions, serial: number): void {
    this.#arriving = { builder: new ZoneBuilder(options), name: options.name, serial };
  }

  add(sets: readonly AnyRecordSet[]): void {
    for (const set of sets) this.#arriving?.builder.put(set as RecordSet); // @NOTE the other thread tells only what can be published
  }

  finish(): void {
    if (this.#arriving === undefined) return;
    const { builder, name, serial } = this.#arriving;
    this.#arriving = undefined;
    this.#zones.set(name, builder.finish(serial).zone);
    this.#tell({ zone: name, serial, names: 'all' });
  }

  change(name: string, deltas: readonly ZoneDelta[]): void {
    for (const change of this.#zones.get(name)?.take({ deltas }) ?? []) this.#tell(change);
  }

  remove(name: string): void {
    const serial = this.#zones.get(name)?.serial ?? 0;
    this.#zones.delete(name);
    this.#tell({ zone: name, serial, names: 'all' });
  }

  #tell(change: ZoneChange): void {
    this.#current = zoneSet(this.#zones.values());
    for (const listener of this.#listeners) listener(change);
  }
}
