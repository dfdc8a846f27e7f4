import { isDeepStrictEqual } from 'node:util';
import {
  isWithin,
  sameRecordSet,
  validRecordSet,
  ZoneError,
  type RecordSet,
  type RecordSetKey,
} from '../../zone/index.ts';
import { DnsProviderError, type ProviderChanges } from '../dns-provider.ts';
import type { Held, Step } from './held.ts';

type Sets = ReadonlyMap<string, RecordSet | string>;

/** A zone as it is and as it is going to be: changes are judged one after the other, each in full or not at all. */
export class StepPlan<Raw> {
  readonly #zone: string;
  readonly #asPublished: (set: RecordSet) => RecordSet;
  readonly #held = new Map<string, Map<string, Held<Raw>>>();
  readonly #next = new Map<string, Sets>();

  constructor(zone: string, held: readonly Held<Raw>[], asPublished: (set: RecordSet) => RecordSet) {
    this.#zone = zone;
    this.#asPublished = asPublished;
    for (const one of held) {
      const sets = this.#held.get(one.name) ?? new Map<string, Held<Raw>>();
      this.#held.set(one.name, sets.set(one.type, one));
    }
  }

  /** Throws `DnsProviderError`, and then nothing of `changes` is planned. */
  add(changes: ProviderChanges): void {
    try {
      this.#add(changes);
    } catch (err) {
      throw err instanceof ZoneError ? new DnsProviderError(err.code, err.message, { cause: err }) : err;
    }
  }

  /** What differs, name by name. */
  steps(): Step<Raw>[] {
    return [...this.#next].flatMap(([name, sets]) => {
      const held = this.#held.get(name);
      const types = new Set([...(held?.keys() ?? []), ...sets.keys()]);
      return [...types].flatMap((type): Step<Raw>[] => {
        const before = held?.get(type);
        const after = sets.get(type);
        if (isDeepStrictEqual(before?.is, after) || typeof after === 'string') return [];
        return [{ name, type, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
      });
    });
  }

  #add({ remove, upsert, replaces }: ProviderChanges): void {
    const draft = new Map<string, Map<string, RecordSet | string>>();
    const at = (name: string) => {
      const sets = draft.get(name) ?? new Map(this.#now(name));
      draft.set(name, sets);
      return sets;
    };
    const keys = [...remove, ...upsert];
    for (const key of keys) this.#requireOurs(key, at(key.name));
    if (replaces !== undefined) for (const key of keys) requireKnown(key, at(key.name), replaces);
    for (const { name, type } of remove) at(name).delete(type);
    for (const wanted of upsert) {
      at(wanted.name).set(wanted.type, this.#asPublished(validRecordSet(wanted)));
    }
    for (const [name, sets] of draft) requireLoneCname(name, sets);
    for (const [name, sets] of draft) this.#next.set(name, sets);
  }

  #now(name: string): Sets {
    const held = [...(this.#held.get(name)?.values() ?? [])];
    return this.#next.get(name) ?? new Map(held.map(({ type, is }) => [type, is]));
  }

  #requireOurs({ name, type }: RecordSetKey, sets: Sets): void {
    if (!isWithin(name, this.#zone)) throw new ZoneError('OutsideZone', `name ${name} is not in zone ${this.#zone}`);
    if (isZonesOwn(this.#zone, name, type)) {
      throw new ZoneError('Invalid', `${name} ${type} is the zone's own and comes from the provider`);
    }
    const there = sets.get(type);
    if (typeof there === 'string') throw new ZoneError('Invalid', `${name} ${type} is left alone: ${there}`);
  }
}

/** SOA and NS of the zone itself. */
export const isZonesOwn = (zone: string, name: string, type: string): boolean =>
  name === zone && (type === 'NS' || type === 'SOA');

function requireKnown({ name, type }: RecordSetKey, sets: Sets, known: readonly RecordSet[]): void {
  const expected = known.find((set) => set.name === name && set.type === type);
  const there = sets.get(type);
  if (there === undefined || typeof there === 'string' || expected === undefined) {
    if (there === expected) return;
  } else if (sameRecordSet(there, expected)) return;
  throw new DnsProviderError('Conflict', `${name} ${type} is not what it was: somebody else has changed it`);
}

/** RFC 1034 §3.6.2. */
function requireLoneCname(name: string, sets: Sets): void {
  if (sets.size < 2 || !sets.has('CNAME')) return;
  const others = [...sets.keys()].filter((type) => type !== 'CNAME');
  throw new ZoneError('CnameConflict', `name ${name} cannot have a CNAME beside ${others.join(', ')}`);
}
