import type { AnyRecordSet, RecordSet } from './record-set.ts';

/**
 * What one change did to a zone, whole sets at a time: a set that was replaced is in both lists. The SOA is in neither,
 * for it changes always (`soaOf`).
 */
export interface ZoneDelta {
  readonly from: number;
  /** The serial afterwards. */
  readonly to: number;
  readonly removed: readonly RecordSet[];
  readonly added: readonly RecordSet[];
}

/** Told in the very turn in which a change becomes visible, once a change. */
export interface ZoneChange {
  readonly zone: string;
  readonly serial: number;
  /**
   * Names whose sets changed, and those that exist since then or no longer because of names below; `LookupResult.dependsOn`
   * says which answers that concerns. The serial of the SOA changes always, and is no reason for the apex to be among them.
   * `all` where a delegation came or went, which concerns all below it.
   */
  readonly names: readonly string[] | 'all';
}

/** A zone as whoever decides about a change of it sees it. */
export interface ZoneView {
  readonly name: string;
  readonly serial: number;
  /** What `name` has; empty for names that exist only because others are below, and for those that do not exist. */
  sets(name: string): readonly AnyRecordSet[];
}

/** A zone as it was at one moment, however often it changes while this is read. Keeps what changes until disposed. */
export interface ZoneSnapshot extends Disposable {
  readonly serial: number;
  readonly soa: AnyRecordSet;
  /** Every set but the SOA, the zone's own among them, in no order. To be read once, over as many turns as it takes. */
  sets(): IterableIterator<AnyRecordSet>;
}
