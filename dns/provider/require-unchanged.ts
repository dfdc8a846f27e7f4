import { sameRecordSet, type ZoneView } from '../zone/index.ts';
import { DnsProviderError, type ProviderChanges } from './dns-provider.ts';

/** Throws `Conflict` where the zone has something else than what the caller knew and is about to replace. */
export function requireUnchanged(zone: ZoneView, { upsert, remove, replaces }: ProviderChanges): void {
  if (replaces === undefined) return;
  for (const { name, type } of [...upsert, ...remove]) {
    const known = replaces.find((set) => set.name === name && set.type === type);
    const found = zone.sets(name).find((set) => set.type === type);
    const same = known === undefined || found === undefined ? known === found : sameRecordSet(known, found);
    if (same) continue;
    const state = found === undefined ? 'is not there any more' : 'was changed by somebody else';
    throw new DnsProviderError('Conflict', `record set ${name} ${type} ${state}`);
  }
}
