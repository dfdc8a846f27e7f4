import { createZone, type RecordSet, type Zone, type ZoneDelta, type ZoneOptions } from '../../zone/index.ts';

export interface StoredZone {
  readonly zone: Zone;
  /** What is stored and not in the zone, because its options say otherwise since. */
  readonly displaced: readonly RecordSet[];
}

/** Keeps what is published in one zone. Nothing is called before what was called before it has ended. */
export interface ZoneStore extends AsyncDisposable {
  /** The zone as it was last saved; with nothing published when it never was. Rejects with `DamagedZoneFile`. Once. */
  load(): Promise<StoredZone>;
  /**
   * Resolves when `deltas`, which `zone` is about to take, would survive a loss of power. When it rejects they are not
   * stored, whatever is saved next.
   */
  save(zone: Zone, deltas: readonly ZoneDelta[]): Promise<void>;
}

/** Of a zone that is forgotten with the process. */
export function createTransientStore(options: ZoneOptions, firstSerial: () => number): ZoneStore {
  return {
    load: async () => ({ zone: createZone(options, firstSerial()), displaced: [] }),
    save: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}
