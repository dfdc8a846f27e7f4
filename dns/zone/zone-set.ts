import { parentOf } from './name.ts';
import type { ZoneChange } from './zone-delta.ts';
import type { Zone } from './zone.ts';

/** Some zones. */
export interface ZoneSet {
  readonly names: readonly string[];
  /** The zone that `name` belongs to: of nested zones the innermost. */
  find(name: string): Zone | undefined;
}

/** Zones as they are in this turn of the event loop. */
export interface ZoneSource {
  /** Another value after any change of any of them. */
  current(): ZoneSet;
  /**
   * Calls `listener`, which must not throw, for each change in the turn that makes it visible, until what it returns is
   * called. A zone that came or went is a change of `all` its names.
   */
  onChange(listener: (change: ZoneChange) => void): () => void;
}

export function zoneSet(zones: Iterable<Zone>): ZoneSet {
  const byName = new Map([...zones].map((zone) => [zone.name, zone]));
  return {
    names: [...byName.keys()],
    find: (name) => {
      for (let at: string | undefined = name; at !== undefined; at = parentOf(at)) {
        const zone = byName.get(at);
        if (zone !== undefined) return zone;
      }
      return undefined;
    },
  };
}
