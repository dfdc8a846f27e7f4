import type { AnyRecordSet } from './record-set.ts';
import type { ZoneOptions } from './zone-options.ts';

/** Which sets of a zone come from its options, its SOA among them. */
export class OwnKeys {
  readonly #types = new Map<string, Set<AnyRecordSet['type']>>();

  constructor({ name }: ZoneOptions, sets: readonly Pick<AnyRecordSet, 'name' | 'type'>[]) {
    this.#types.set(name, new Set(['SOA']));
    for (const set of sets) this.#types.set(set.name, (this.#types.get(set.name) ?? new Set()).add(set.type));
  }

  has({ name, type }: Pick<AnyRecordSet, 'name' | 'type'>): boolean {
    return this.#types.get(name)?.has(type) === true;
  }
}
