import { isWithin, type RecordSet } from '../../zone/index.ts';
import type { Held } from '../remote/held.ts';
import type { RemoteZoneApi } from '../remote/remote-zone.ts';
import { HeldSets } from './held-sets.ts';
import { TransferRefused, type PrimaryServer } from './primary-server.ts';
import { refusal } from './refusal.ts';

/** More names than these are read with all others. */
const MAX_NAMES = 500;

/** Reads names by questions, and the zone, or what questions do not tell, by a transfer. */
export function zoneReader(name: string, server: PrimaryServer): RemoteZoneApi<undefined>['read'] {
  const whole = async (signal: AbortSignal): Promise<Held<undefined>[]> => {
    const sets = new HeldSets();
    try {
      await server.transfer(
        name,
        (record) => {
          sets.add(record);
        },
        signal,
      );
      return await sets.take();
    } catch (err) {
      if (!(err instanceof TransferRefused)) throw err;
      throw refusal(server, name, err.rcode, 'transfer');
    }
  };

  return async (names, signal, about = { types: [] }) => {
    if (names === undefined || names.length > MAX_NAMES) return whole(signal);
    // Others are refused by whoever asked; a server may not even look at its keys for them.
    const within = names.filter((one) => isWithin(one, name));
    const wildcards = wildcardsAbove(name, within).map((one) => ({ name: one, type: 'ANY' as const }));
    const types = new Set([...about.types, 'CNAME']) as Set<RecordSet['type']>; // @NOTE types of sets that are to be published
    const sets = within.flatMap((one) => [...types].map((type) => ({ name: one, type })));
    const answers = await server.ask([...wildcards, ...sets], signal);
    // What a wildcard answers at a name is not there, and looks as if it were.
    if (answers.slice(0, wildcards.length).some(({ records }) => records.length > 0)) return whole(signal);
    const asked = new Set(within);
    const found = new HeldSets();
    for (const { records } of answers) for (const record of records) if (asked.has(record.name)) found.add(record);
    return found.take();
  };
}

/** `*` at every name that is above one of these, within the zone. */
function wildcardsAbove(zone: string, names: readonly string[]): string[] {
  const above = new Set<string>();
  for (const name of names) {
    for (let at = name; at !== zone && at.includes('.');) {
      at = at.slice(at.indexOf('.') + 1);
      above.add(`*.${at}`);
    }
  }
  return [...above];
}
