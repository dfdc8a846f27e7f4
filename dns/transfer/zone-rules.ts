import type { QueryType } from '../zone/index.ts';
import { isWithin } from '../zone/index.ts';
import { accessRule, type Fits, type Requester } from './access.ts';
import type { TransferOptions, UpdateRule, ZoneTransferOptions } from './transfer-options.ts';

/** Who may do what with a zone. */
export interface ZoneRules {
  mayTransfer(who: Requester): boolean;
  /** What of the zone `who` may change; undefined where that is nothing. */
  mayUpdate(who: Requester): ((name: string, type: QueryType) => boolean) | undefined;
}

/** By zone. Throws `TypeError` on rules that name a key that there is not, `AddressListError` on networks that are none. */
export function zoneRules({ keys = [], zones, protects }: TransferOptions): ReadonlyMap<string, ZoneRules> {
  const known = new Set(keys.map(({ name }) => name));
  const requireKey = (zone: string, key: string | undefined) => {
    if (key !== undefined && !known.has(key)) throw new TypeError(`zone ${zone}: there is no TSIG key ${key}`);
  };
  for (const { zone, transfer = [], update = [], notify = [] } of zones) {
    for (const { key } of [...transfer, ...update, ...notify]) requireKey(zone, key);
  }
  return new Map(zones.map((options) => [options.zone, rulesOf(options, protects)]));
}

function rulesOf(
  { transfer = [], update = [] }: ZoneTransferOptions,
  protects: TransferOptions['protects'],
): ZoneRules {
  const transfers = transfer.map(accessRule);
  const updates = update.map((rule) => ({ fits: accessRule(rule), covers: coverOf(rule) }));
  return {
    mayTransfer: (who) => transfers.some((fits: Fits) => fits(who)),
    mayUpdate: (who) => {
      const fitting = updates.filter(({ fits }) => fits(who));
      if (fitting.length === 0) return undefined;
      return (name, type) => protects?.(name, type) !== true && fitting.some(({ covers }) => covers(name));
    },
  };
}

function coverOf({ names }: UpdateRule): (name: string) => boolean {
  return names === undefined ? () => true : (name) => names.some((above) => isWithin(name, above));
}
