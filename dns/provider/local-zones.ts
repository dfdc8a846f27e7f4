import { aborted, mapConcurrent, type Clock, type Logger, type Runnable } from '../../src/component-base/index.ts';
import { createZone, zoneSet, type ZoneChange, type ZoneOptions, type ZoneSource } from '../zone/index.ts';
import { DnsProviderError, type DnsProvider } from './dns-provider.ts';
import { LocalZone, type DecideChange } from './local-zone.ts';
import { ZoneLog } from './zone-store/zone-log.ts';
import { createTransientStore } from './zone-store/zone-store.ts';

export interface LocalZonesOptions {
  /** Where a file is kept for each zone; made when absent. Without it zones are forgotten with the process. */
  readonly directory?: string;
  readonly zones: readonly ZoneOptions[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** Zones kept by this process. `list`, `apply` and `change` wait until `run` has loaded them. */
export interface LocalZones extends DnsProvider, ZoneSource, Runnable {
  /**
   * Makes the change that `decide` says, given the zone as it is: nothing else changes it in between. Rejects with what
   * `decide` throws, and as `DnsZone.apply` does. Visible and durable when it resolves.
   */
  change(zone: string, decide: DecideChange, signal?: AbortSignal): Promise<void>;
}

/** Zones may be many and large. */
const LOADED_AT_ONCE = 2;

/** `run` rejects with `DamagedZoneFile` where a file cannot be understood, and is ready when all are loaded. */
export function createLocalZones({ directory, zones: all, clock, log }: LocalZonesOptions): LocalZones {
  let served = zoneSet([]);
  const firstSerial = () => Math.floor(clock.now() / 1000) >>> 0;
  const zones = new Map<string, LocalZone>();
  const listeners = new Set<(change: ZoneChange) => void>();
  const changed = (changes: readonly ZoneChange[]) => {
    if (changes.length === 0) return;
    served = zoneSet([...zones.values()].flatMap((zone) => zone.current ?? []));
    for (const change of changes) for (const listener of listeners) listener(change);
  };
  for (const options of all) {
    // Options that make no zone are a mistake of the caller's, to be known before anything is read.
    createZone(options, 1);
    const store =
      directory === undefined
        ? createTransientStore(options, firstSerial)
        : new ZoneLog({ directory, zone: options }, { firstSerial, log });
    zones.set(options.name, new LocalZone(options.name, store, changed));
  }
  const zoneOf = (name: string): LocalZone => {
    const zone = zones.get(name);
    if (zone === undefined) throw new DnsProviderError('NoSuchZone', `no zone ${name} is kept here`);
    return zone;
  };

  const load = async (zone: LocalZone) => {
    const { displaced } = await zone.load();
    for (const { name, type } of displaced) {
      log.warn({ zone: zone.name, name, type }, "published dns record set gives way to the zone's own");
    }
  };

  return {
    name: 'dns-local-zones',
    current: () => served,
    onChange: (listener) => {
      const own = (change: ZoneChange) => {
        listener(change);
      };
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    zone: async (name, signal) => {
      signal?.throwIfAborted();
      return zoneOf(name);
    },
    change: async (name, decide, signal) => {
      await zoneOf(name).change(decide, signal);
    },
    run: async (signal, ready) => {
      try {
        const results = await mapConcurrent([...zones.values()], LOADED_AT_ONCE, load);
        for (const result of results) if (result.status === 'rejected') throw result.reason;
        log.info({ zones: [...zones.keys()], directory }, 'dns zones loaded');
        ready();
        await aborted(signal);
      } finally {
        await Promise.all([...zones.values()].map((zone) => zone.close()));
      }
    },
  };
}
