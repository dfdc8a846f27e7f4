import { parseClientAddress, type ClientAddress } from '../choice/index.ts';

/** Text that says nothing about addresses. */
export class AddressListError extends Error {
  constructor(entry: string) {
    super(
      `${JSON.stringify(entry)} is no address such as 192.0.2.1, no network such as 2001:db8::/32, not "any" and not "none"`,
    );
    this.name = 'AddressListError';
  }
}

interface Entry {
  readonly network: ClientAddress | undefined;
  readonly listed: boolean;
}

/** Clients asked about lately whose verdicts are remembered. */
const MAX_REMEMBERED = 10_000;

/**
 * Addresses, as lists of name servers have them: networks and single addresses, `any`, `none`; `!` before one says that
 * it is not in the list. The first entry that covers an address decides; an address that none covers is not in it.
 */
export class AddressList {
  /** What it was made of. */
  readonly texts: readonly string[];
  readonly #entries: readonly Entry[];
  readonly #remembered = new Map<string, boolean>();

  /** Throws `AddressListError`. */
  constructor(entries: readonly string[]) {
    this.texts = entries;
    this.#entries = entries.map(parseEntry);
  }

  /** `client` is the text of an address; what is none is in no list. */
  has(client: string): boolean {
    const known = this.#remembered.get(client);
    if (known !== undefined) return known;
    const address = parseClientAddress(client);
    const listed = address !== undefined && this.#covers(address);
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(client, listed);
    return listed;
  }

  #covers(address: ClientAddress): boolean {
    return this.#entries.find(({ network }) => network === undefined || contains(network, address))?.listed ?? false;
  }
}

function parseEntry(text: string): Entry {
  const negated = text.startsWith('!');
  const what = negated ? text.slice(1).trim() : text;
  if (what === 'any' || what === 'none') return { network: undefined, listed: (what === 'any') !== negated };
  const network = parseClientAddress(what);
  if (network === undefined) throw new AddressListError(text);
  return { network, listed: !negated };
}

function contains(network: ClientAddress, address: ClientAddress): boolean {
  if (network.bytes.length !== address.bytes.length || network.prefixLength > address.prefixLength) return false;
  for (let bit = 0; bit < network.prefixLength; bit += 8) {
    const index = bit >> 3;
    const mask = 0xff00 >> Math.min(network.prefixLength - bit, 8);
    if ((((network.bytes[index] ?? 0) ^ (address.bytes[index] ?? 0)) & mask & 0xff) !== 0) return false;
  }
  return true;
}
