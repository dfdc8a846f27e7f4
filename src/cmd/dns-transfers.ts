import { readFile } from 'node:fs/promises';
import type { LocalDnsOptions } from '../../dns/provider/index.ts';
import { parseTsigKey, type TsigKey } from '../../dns/tsig/index.ts';
import type { DnsServerConfig } from '../../federation/fleet/index.ts';
import { isFederationName, namingOf } from '../../federation/service-dns/index.ts';

type TransferOptions = NonNullable<LocalDnsOptions['transfer']>;
type ZoneTransferOptions = TransferOptions['zones'][number];
type Access = NonNullable<NonNullable<DnsServerConfig['transfers']>[number]['allow']>[number];

/** Whose zone it is: what its federation publishes is changed by nobody else. */
export interface ZoneOwner {
  readonly name: string;
  readonly domain: string;
}

/** Keys, copies of zones and changes that others make, as the configuration says. Reads secrets. */
export async function transferOptions(
  { keys = [], transfers = [], updates = [] }: DnsServerConfig,
  { name: federation, domain }: ZoneOwner,
): Promise<TransferOptions | undefined> {
  if (keys.length === 0 && transfers.length === 0 && updates.length === 0) return undefined;
  const naming = namingOf(federation, domain);
  const zones = new Map<string, ZoneTransferOptions>();
  const add = (zone: string | undefined, more: Omit<ZoneTransferOptions, 'zone'>) => {
    const name = plainName(zone ?? domain);
    const before = zones.get(name);
    zones.set(name, {
      zone: name,
      transfer: [...(before?.transfer ?? []), ...(more.transfer ?? [])],
      notify: [...(before?.notify ?? []), ...(more.notify ?? [])],
      update: [...(before?.update ?? []), ...(more.update ?? [])],
    });
  };
  for (const { zone, allow = [], notify = [] } of transfers) {
    add(zone, {
      transfer: allow.map(ruleOf),
      notify: notify.map(({ address, key }) => ({ ...address, ...keyOf(key) })),
    });
  }
  for (const { zone, allow } of updates) {
    add(zone, {
      update: allow.map(({ names, ...rule }) => ({ ...ruleOf(rule), ...(names && { names: names.map(plainName) }) })),
    });
  }
  return {
    keys: await Promise.all(keys.map(readKey)),
    zones: [...zones.values()],
    // A delegation anywhere above names of services would hide them.
    protects: (name, type) => isFederationName(naming, name) || (type === 'NS' && name.endsWith(`.${naming.suffix}`)),
  };
}

const plainName = (name: string) => name.toLowerCase().replace(/\.$/, '');

const keyOf = (key: string | undefined) => (key === undefined ? {} : { key: plainName(key) });

const ruleOf = ({ key, cidrs }: Access) => ({
  ...keyOf(key),
  ...(cidrs === undefined ? {} : { addresses: cidrs }),
});

async function readKey({
  name,
  algorithm,
  secretFile,
}: NonNullable<DnsServerConfig['keys']>[number]): Promise<TsigKey> {
  const secret = (await readFile(secretFile, 'utf8')).trim();
  return parseTsigKey({ name, secret, ...(algorithm === undefined ? {} : { algorithm }) });
}
