import { aborted, type Clock, type Logger, type Runnable } from '../../src/component-base/index.ts';
import { createZone, zoneSet, type ZoneOptions, type ZoneSource } from '../zone/index.ts';
import { DnsProviderError, type DnsProvider } from './dns-provider.ts';
import { LocalZone } from './local-zone.ts';
import { createTransientZone, createZoneFile } from './zone-file.ts';

export interface LocalZonesOptions {
  /** Where a JSON file is kept for each zone; made when absent. Without it zones are forgotten with the process. */
  readonly directory?: string;
  readonly zones: readonly ZoneOptions[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** Zones kept by this process. `list` and `apply` wait until `run` has loaded them. */
export interface LocalZones extends DnsProvider, ZoneSource, Runnable {}

/** `run` rejects with `DamagedZoneFile` where a file cannot be understood, and is ready when all are loaded. */
export function createLocalZones({ directory, zones: all, clock, log }: LocalZonesOptions): LocalZones {
  let served = zoneSet([]);
  const firstSerial = () => Math.floor(clock.now() / 1000) >>> 0;
  const zones = new Map<string, LocalZone>();
  const refresh = () => {
    served = zoneSet([...zones.values()].flatMap((zone) => zone.current ?? []));
  };
  for (const options of all) {
    // Options that make no zone are a mistake of the caller's, to be known before anything is read.
    createZone(options, 1);
    const file =
      directory === undefined
        ? createTransientZone(options, firstSerial)
        : createZoneFile(directory, options, firstSerial);
    zones.set(options.name, new LocalZone(options.name, file, refresh));
  }

  return {
    name: 'dns-local-zones',
    current: () => served,
    zone: async (name, signal) => {
      signal?.throwIfAborted();
      const zone = zones.get(name);
      if (zone === undefined) throw new DnsProviderError('NoSuchZone', `no zone ${name} is kept here`);
      return zone;
    },
    run: async (signal, ready) => {
      await Promise.all([...zones.values()].map((zone) => zone.load()));
      log.info({ zones: [...zones.keys()], directory }, 'dns zones loaded');
      ready();
      await aborted(signal);
      await Promise.all([...zones.values()].map((zone) => zone.idle()));
    },
  };
}
