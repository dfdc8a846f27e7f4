import { soaOf, type AnyRecordSet, type Zone, type ZoneSnapshot } from '../zone/index.ts';
import { condense } from './condense.ts';

/** Records of an answer in their order, and what kind of answer they are. */
export interface TransferContent {
  readonly kind: 'AXFR' | 'IXFR' | 'up to date';
  readonly sets: Iterable<AnyRecordSet>;
}

/** All of the zone (RFC 5936 §2.2). */
export function wholeZone(snapshot: ZoneSnapshot): TransferContent {
  return { kind: 'AXFR', sets: between(snapshot.soa, snapshot.sets()) };
}

/**
 * What changed since the client had `since` (RFC 1995 §4), as one change, whatever number of them it were. Undefined where
 * that is not known any more, so that the client is to get the whole zone.
 */
export function changesOnly(zone: Zone, since: number): TransferContent | undefined {
  const soa = soaOf(zone.options, zone.serial);
  // A client that is ahead of us is right about itself: its copy comes from a primary that we took the place of.
  if (!isNewer(zone.serial, since)) return { kind: 'up to date', sets: [soa] };
  const deltas = zone.changesSince(since);
  if (deltas === undefined) return undefined;
  const { removed, added } = condense(deltas);
  const before = soaOf(zone.options, since);
  return { kind: 'IXFR', sets: [soa, before, ...removed, soa, ...added, soa] };
}

function* between(soa: AnyRecordSet, sets: Iterable<AnyRecordSet>): Generator<AnyRecordSet> {
  yield soa;
  yield* sets;
  yield soa;
}

/** RFC 1982 §3.2. */
function isNewer(serial: number, than: number): boolean {
  const distance = (serial - than) >>> 0;
  return distance !== 0 && distance < 2 ** 31;
}
