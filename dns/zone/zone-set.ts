import { parentOf } from './name.ts';
import type { Zone } from './zone.ts';

/** Some zones at one moment: immutable, another value after any change of any of them. */
export interface ZoneSet {
  /** The zone that `name` belongs to: of nested zones the innermost. */
  find(name: string): Zone | undefined;
}

/** Zones as they are now. What it gave stays as it was. */
export interface ZoneSource {
  current(): ZoneSet;
}

export function zoneSet(zones: Iterable<Zone>): ZoneSet {
  const byName = new Map([...zones].map((zone) => [zone.name, zone]));
  return {
    find: (name) => {
      for (let at: string | undefined = name; at !== undefined; at = parentOf(at)) {
        const zone = byName.get(at);
        if (zone !== undefined) return zone;
      }
      return undefined;
    },
  };
}
