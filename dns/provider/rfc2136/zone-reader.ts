import { isWithin, type RecordSet } from '../../zone/index.ts';
import type { Held } from '../remote/held.ts';
import type { RemoteZoneApi } from '../remote/remote-zone.ts';
import { toldSet } from '../remote/told-set.ts';
import type { ToldRecord } from './dns-message.ts';
import { TransferRefused, type PrimaryServer } from './primary-server.ts';
import { refusal } from './refusal.ts';

/** More names than these are read with all others. */
const MAX_NAMES = 500;

/** RRSIG, NSEC and NSEC3: the server's own, beside any other type. */
const OF_SIGNING: ReadonlySet<string> = new Set(['TYPE46', 'TYPE47', 'TYPE50']);

/** Reads names by questions, and the zone, or what questions do not tell, by a transfer. */
export function zoneReader(name: string, server: PrimaryServer): RemoteZoneApi<undefined>['read'] {
  const whole = async (signal: AbortSignal): Promise<Held<undefined>[]> => {
    try {
      return heldSets(await server.transfer(name, signal));
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
    return heldSets(answers.flatMap(({ records }) => records.filter((record) => asked.has(record.name))));
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

function heldSets(records: readonly ToldRecord[]): Held<undefined>[] {
  const sets = Map.groupBy(
    records.filter(({ type }) => !OF_SIGNING.has(type)),
    ({ name, type }) => `${name} ${type}`,
  );
  return [...sets.values()].flatMap((ofSet) => {
    const [first] = ofSet;
    if (first === undefined) return [];
    const { name, type, ttlSeconds } = first;
    return [
      { name, type, is: toldSet({ name, type, ttlSeconds, data: ofSet.map(({ item }) => item) }), raw: undefined },
    ];
  });
}
