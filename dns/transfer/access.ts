import { BlockList, isIPv6 } from 'node:net';

/** Who asks: from where, and with whose key the message was signed. */
export interface Requester {
  readonly client: string;
  /** The name of a key whose signature was good; absent for unsigned messages. */
  readonly key: string | undefined;
}

/** Whom it fits: everything it names must. Nobody is let in by nothing at all. */
export interface AccessRule {
  /** Networks (`192.0.2.0/24`) and addresses. */
  readonly addresses?: readonly string[];
  /** The name of a key. */
  readonly key?: string;
}

export type Fits = (who: Requester) => boolean;

/** Throws `TypeError` on what is no network. */
export function accessRule({ addresses, key }: AccessRule): Fits {
  const networks = addresses === undefined ? undefined : networkList(addresses);
  if (networks === undefined && key === undefined) return () => false;
  return (who) =>
    (key === undefined || who.key === key) &&
    (networks === undefined || networks.check(who.client, isIPv6(who.client) ? 'ipv6' : 'ipv4'));
}

function networkList(addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of addresses) {
    const [address = '', prefix] = text.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    list.addSubnet(address, prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix), family);
  }
  return list;
}
