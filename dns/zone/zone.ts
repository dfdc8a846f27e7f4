import type { OwnKeys } from './own-keys.ts';
import { recordKey, type AnyRecordSet, type RecordChanges, type RecordSet } from './record-set.ts';
import type { ZoneChange, ZoneDelta, ZoneSnapshot, ZoneView } from './zone-delta.ts';
import { ZoneDraft } from './zone-draft.ts';
import type { ZoneJournal } from './zone-journal.ts';
import type { ZoneNode, ZoneNodes } from './zone-nodes.ts';
import { negativeSoaOf, soaOf, type ZoneOptions } from './zone-options.ts';

/** What a zone is made of; see `ZoneBuilder`. */
interface ZoneContents {
  readonly nodes: ZoneNodes;
  readonly own: OwnKeys;
  readonly cuts: Set<string>;
  readonly journal: ZoneJournal;
}

/**
 * The data of one zone, changed in place: it is the same all through a turn of the event loop, and perhaps another in the
 * next. Sets and nodes that it gave stay as they were.
 */
export class Zone implements ZoneView {
  readonly name: string;
  readonly options: ZoneOptions;
  readonly #nodes: ZoneNodes;
  readonly #own: OwnKeys;
  readonly #cuts: Set<string>;
  readonly #journal: ZoneJournal;
  #serial: number;
  #soa: AnyRecordSet;
  #negativeSoa: AnyRecordSet;

  /** `contents` are all but the SOA, and the zone's to change from now on. */
  constructor(options: ZoneOptions, serial: number, { nodes, own, cuts, journal }: ZoneContents) {
    this.name = options.name;
    this.options = options;
    this.#nodes = nodes;
    this.#own = own;
    this.#cuts = cuts;
    this.#journal = journal;
    this.#serial = serial;
    this.#soa = soaOf(options, serial);
    this.#negativeSoa = negativeSoaOf(this.#soa, options);
    this.#nodes.put(this.#soa, new Set());
  }

  get serial(): number {
    return this.#serial;
  }

  /** SOA with the TTL of negative answers. */
  get negativeSoa(): AnyRecordSet {
    return this.#negativeSoa;
  }

  /** Names with NS below the apex: what is at or under them belongs to others. */
  get cuts(): ReadonlySet<string> {
    return this.#cuts;
  }

  node(name: string): ZoneNode | undefined {
    return this.#nodes.get(name);
  }

  sets(name: string): readonly AnyRecordSet[] {
    return this.#nodes.get(name)?.sets ?? [];
  }

  /** Its SOA and what its options put in it: nobody publishes or removes that. */
  isOwn(key: Pick<AnyRecordSet, 'name' | 'type'>): boolean {
    return this.#own.has(key);
  }

  draft(): ZoneDraft {
    return new ZoneDraft(this);
  }

  /** Makes one change, as `ZoneDraft.change` does. */
  change(changes: RecordChanges): readonly ZoneChange[] {
    const draft = this.draft();
    draft.change(changes);
    return this.take(draft);
  }

  /** Makes the changes of a draft of this zone, or a copy of it, that is younger than its last change. */
  take({ deltas }: Pick<ZoneDraft, 'deltas'>): readonly ZoneChange[] {
    return deltas.map((delta) => this.#take(delta));
  }

  /**
   * The changes since the zone had `serial`, in order; none when it has it now. Undefined where that is not known (any
   * more): only so many are kept.
   */
  changesSince(serial: number): readonly ZoneDelta[] | undefined {
    return serial === this.#serial ? [] : this.#journal.since(serial);
  }

  /** To be disposed of. */
  snapshot(): ZoneSnapshot {
    const { nodes, end } = this.#nodes.read();
    return { serial: this.#serial, soa: this.#soa, sets: () => setsOf(nodes()), [Symbol.dispose]: end };
  }

  #take(delta: ZoneDelta): ZoneChange {
    if (delta.from !== this.#serial) throw new TypeError(`a change of ${this.name} from another state than it has`);
    const names = new Set<string>();
    const kept = new Set(delta.added.map(recordKey));
    // Last, what nothing takes the place of: before, names would cease to exist that are to stay.
    for (const set of delta.added) this.#nodes.put(set, names);
    for (const set of delta.removed) if (!kept.has(recordKey(set))) this.#nodes.drop(set, names);
    const recut = this.#cut([...delta.removed, ...delta.added]);
    this.#serial = delta.to;
    this.#soa = soaOf(this.options, delta.to);
    this.#negativeSoa = negativeSoaOf(this.#soa, this.options);
    this.#nodes.put(this.#soa, new Set());
    this.#journal.add(delta);
    return { zone: this.name, serial: delta.to, names: recut ? 'all' : [...names] };
  }

  /** Whether a delegation came or went. */
  #cut(changed: readonly AnyRecordSet[]): boolean {
    let recut = false;
    for (const { name, type } of changed) {
      if (type !== 'NS' || name === this.name) continue;
      if (!this.sets(name).some((set) => set.type === 'NS')) recut = this.#cuts.delete(name) || recut;
      else if (!this.#cuts.has(name)) {
        this.#cuts.add(name);
        recut = true;
      }
    }
    return recut;
  }
}

/** Every record set published in the zone; its own are not among them. */
export function publishedSets(zone: Zone): RecordSet[] {
  using snapshot = zone.snapshot();
  return [...snapshot.sets()].filter((set) => isPublished(zone, set));
}

/** Whether a set of the zone was published in it, and is not its own. */
export const isPublished = (zone: Zone, set: AnyRecordSet): set is RecordSet => !zone.isOwn(set);

function* setsOf(nodes: Iterable<ZoneNode>): IterableIterator<AnyRecordSet> {
  for (const node of nodes) for (const set of node.sets) if (set.type !== 'SOA') yield set;
}
