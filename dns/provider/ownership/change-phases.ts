import type { ProviderChanges, RecordSet } from '../dns-provider.ts';
import { sameSet } from './same-set.ts';

type Phase = 'claim' | 'records' | 'release';

interface Collected {
  readonly upsert: RecordSet[];
  readonly remove: ProviderChanges['remove'][number][];
  readonly replaces: RecordSet[];
}

const ORDER: readonly Phase[] = ['claim', 'records', 'release'];

/** What is claimed, then the records, then what is claimed no longer: no record of ours is ever there without its claim. */
export class ChangePhases {
  readonly #phases = new Map<Phase, Collected>();

  get isEmpty(): boolean {
    return this.#phases.size === 0;
  }

  /** `before` becomes `after`, where they are not alike. */
  addWhereOther(phase: Phase, before: RecordSet | undefined, after: RecordSet | undefined): void {
    if (before === undefined || after === undefined ? before === after : sameSet(before, after)) return;
    const collected = this.#collected(phase);
    if (before !== undefined) collected.replaces.push(before);
    if (after !== undefined) collected.upsert.push(after);
    else if (before !== undefined) collected.remove.push({ name: before.name, type: before.type });
  }

  /** Each phase is to fail where `set` is no longer as it is. */
  assume(set: RecordSet | undefined): void {
    if (set === undefined) return;
    for (const { upsert, replaces } of this.#phases.values()) {
      upsert.push(set);
      replaces.push(set);
    }
  }

  addAll(other: ChangePhases): void {
    for (const [phase, { upsert, remove, replaces }] of other.#phases) {
      const collected = this.#collected(phase);
      collected.upsert.push(...upsert);
      collected.remove.push(...remove);
      collected.replaces.push(...replaces);
    }
  }

  list(): readonly ProviderChanges[] {
    return ORDER.flatMap((phase) => this.#phases.get(phase) ?? []);
  }

  #collected(phase: Phase): Collected {
    const collected = this.#phases.get(phase) ?? { upsert: [], remove: [], replaces: [] };
    this.#phases.set(phase, collected);
    return collected;
  }
}
