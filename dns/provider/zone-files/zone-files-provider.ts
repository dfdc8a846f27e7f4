import {
  DnsProviderError,
  type DnsProvider,
  type DnsZone,
  type ProviderChanges,
  type RecordSet,
} from '../dns-provider.ts';
import { LocalZone } from '../local-zone.ts';
import type { ZoneStore } from '../zone-store/zone-store.ts';

/** Zones in files that other servers read; `stores` by the name of the zone. A file is read when its zone is first asked for. */
export function createZoneFilesProvider(stores: ReadonlyMap<string, ZoneStore>): DnsProvider {
  const zones = new Map([...stores].map(([name, store]) => [name, new MasterFileZone(name, store)]));
  return {
    zone: async (name, signal) => {
      signal?.throwIfAborted();
      const zone = zones.get(name);
      if (zone === undefined) throw new DnsProviderError('NoSuchZone', `no file is written for zone ${name}`);
      await zone.load();
      return zone;
    },
  };
}

class MasterFileZone implements DnsZone {
  readonly name: string;
  readonly #zone: LocalZone;
  #loading: Promise<unknown> | undefined;

  constructor(name: string, store: ZoneStore) {
    this.name = name;
    this.#zone = new LocalZone(name, store, () => undefined);
  }

  /** Tries again when it failed before. */
  async load(): Promise<void> {
    this.#loading ??= this.#zone.load();
    try {
      await this.#loading;
    } catch (err) {
      this.#loading = undefined;
      const why = err instanceof Error ? err.message : String(err);
      throw new DnsProviderError('Unavailable', `zone ${this.name}: ${why}`, { cause: err });
    }
  }

  list(signal?: AbortSignal): Promise<readonly RecordSet[]> {
    return this.#zone.list(signal);
  }

  async apply({ upsert, remove, replaces }: ProviderChanges, signal?: AbortSignal): Promise<void> {
    const known = replaces === undefined ? {} : { replaces: replaces.map(withoutChoice) };
    await this.#zone.apply({ upsert: upsert.map(withoutChoice), remove, ...known }, signal);
  }

  asPublished(set: RecordSet): RecordSet {
    return withoutChoice(set);
  }
}

/** Files say the same to all clients. */
function withoutChoice({ name, type, ttlSeconds, data }: RecordSet): RecordSet {
  return { name, type, ttlSeconds, data };
}
