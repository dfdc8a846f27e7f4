import type { RecordChanges, RecordSet } from '../dns-provider.ts';
import { publishedSet } from './published-set.ts';
import { sameSet } from './same-set.ts';
import type { AsPublished, OwnedChanges, ZoneOwnership } from './zone-ownership.ts';

/**
 * Ownership by name alone, for zones in which nobody else publishes such names: whatever has one is ours, and what we do
 * not want of it goes.
 */
export class OwnNames implements ZoneOwnership {
  readonly #resourceOf: (name: string) => string | undefined;
  readonly #asPublished: AsPublished;
  readonly #byResource = new Map<string, Map<string, RecordSet>>();

  /** `resourceOf` is undefined for names that are not ours. */
  constructor(resourceOf: (name: string) => string | undefined, asPublished: AsPublished) {
    this.#resourceOf = resourceOf;
    this.#asPublished = asPublished;
  }

  take(sets: readonly RecordSet[]): void {
    for (const set of sets) this.#put(set);
  }

  resources(): readonly string[] {
    return [...this.#byResource.keys()];
  }

  of(resource: string): readonly RecordSet[] {
    return [...(this.#byResource.get(resource)?.values() ?? [])];
  }

  plan(resource: string, desired: readonly RecordSet[]): OwnedChanges {
    const before = this.#byResource.get(resource) ?? new Map<string, RecordSet>();
    const wanted = new Map(desired.map((set) => [keyOf(set), publishedSet(set, this.#asPublished)]));
    const upsert = [...wanted].flatMap(([key, set]) => {
      const old = before.get(key);
      return old !== undefined && sameSet(old, set) ? [] : [set];
    });
    const remove = [...before].flatMap(([key, { name, type }]) => (wanted.has(key) ? [] : [{ name, type }]));
    return { phases: upsert.length + remove.length === 0 ? [] : [{ upsert, remove }], conflicts: [], isShared: false };
  }

  note({ upsert, remove }: RecordChanges): void {
    for (const gone of remove) {
      const resource = this.#resourceOf(gone.name) ?? '';
      const sets = this.#byResource.get(resource);
      if (sets?.delete(keyOf(gone)) === true && sets.size === 0) this.#byResource.delete(resource);
    }
    for (const set of upsert) this.#put(set);
  }

  #put(set: RecordSet): void {
    const resource = this.#resourceOf(set.name);
    if (resource === undefined) return;
    const sets = this.#byResource.get(resource) ?? new Map<string, RecordSet>();
    this.#byResource.set(resource, sets.set(keyOf(set), set));
  }
}

/** Names one record set within a zone. */
const keyOf = ({ name, type }: Pick<RecordSet, 'name' | 'type'>) => `${name} ${type}`;
