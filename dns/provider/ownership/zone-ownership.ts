import type { ProviderChanges, RecordChanges, RecordSet } from '../dns-provider.ts';

/** A name that is not ours to change. */
export interface NameConflict {
  readonly name: string;
  /** Whose it is, for people. */
  readonly reason: string;
}

export interface OwnedChanges {
  /**
   * To be applied one after the other, and each only when those before it were: what is interrupted between two of them
   * leaves nothing behind that would not be known as ours. Empty when nothing differs.
   */
  readonly phases: readonly ProviderChanges[];
  readonly conflicts: readonly NameConflict[];
  /** Other owners have a part of a name that changes: they may be writing at the same time. */
  readonly isShared: boolean;
}

/** Which records of a zone are ours, resource by resource, and what makes them right without touching anybody else's. */
export interface ZoneOwnership {
  /** Takes in what `DnsZone.list` told: a part after the other, all before anything is planned. */
  take(sets: readonly RecordSet[]): void;
  /** Those that something is published of. */
  resources(): readonly string[];
  /** What is published of one. */
  of(resource: string): readonly RecordSet[];
  /**
   * The least that publishes exactly `desired` of the resource. Nothing is noted. Throws `DnsProviderError` for sets that
   * cannot be published.
   */
  plan(resource: string, desired: readonly RecordSet[]): OwnedChanges;
  /** These changes have been made. */
  note(changes: RecordChanges): void;
}

/** How a record set is told afterwards: `DnsZone.asPublished`. */
export type AsPublished = (set: RecordSet) => RecordSet;
