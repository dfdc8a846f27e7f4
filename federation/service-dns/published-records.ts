import type { DnsZone, RecordChanges, RecordSet } from '../../dns/provider/index.ts';
import { serviceKeyOf, type Naming } from './naming.ts';
import { recordKey } from './record-changes.ts';

/** What is published in the zone under the federation's names, by service. Everything else in the zone is not ours. */
export class PublishedRecords {
  readonly #naming: Naming;
  #byService = new Map<string, Map<string, RecordSet>>();

  constructor(naming: Naming) {
    this.#naming = naming;
  }

  /** Takes in the zone as it is. */
  async read(zone: DnsZone, signal: AbortSignal): Promise<void> {
    const records = await zone.list(signal);
    this.#byService = new Map();
    for (const set of records) this.#put(set);
  }

  services(): readonly string[] {
    return [...this.#byService.keys()];
  }

  of(service: string): readonly RecordSet[] {
    return [...(this.#byService.get(service)?.values() ?? [])];
  }

  /** These changes have been applied. */
  note({ upsert, remove }: RecordChanges): void {
    for (const gone of remove) {
      const service = serviceKeyOf(this.#naming, gone.name) ?? '';
      const sets = this.#byService.get(service);
      if (sets?.delete(recordKey(gone)) === true && sets.size === 0) this.#byService.delete(service);
    }
    for (const set of upsert) this.#put(set);
  }

  #put(set: RecordSet): void {
    const service = serviceKeyOf(this.#naming, set.name);
    if (service === undefined) return;
    const sets = this.#byService.get(service) ?? new Map<string, RecordSet>();
    this.#byService.set(service, sets.set(recordKey(set), set));
  }
}
