import { AddressList } from '../access/index.ts';

/** Who asks: from where, and with whose key the message was signed. */
export interface Requester {
  readonly client: string;
  /** The name of a key whose signature was good; absent for unsigned messages. */
  readonly key: string | undefined;
}

/** Whom it fits: everything it names must. Nobody is let in by nothing at all. */
export interface AccessRule {
  /** As of an `AddressList`. */
  readonly addresses?: readonly string[];
  /** The name of a key. */
  readonly key?: string;
}

export type Fits = (who: Requester) => boolean;

/** Throws `AddressListError` on what is no network. */
export function accessRule({ addresses, key }: AccessRule): Fits {
  const networks = addresses === undefined ? undefined : new AddressList(addresses);
  if (networks === undefined && key === undefined) return () => false;
  return (who) => (key === undefined || who.key === key) && (networks === undefined || networks.has(who.client));
}
